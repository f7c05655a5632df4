import { json, refused, type Uses } from './use.js';

export const WEB_TRIGGER_USES: Uses = {
  'webTrigger.getUrl': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [json({ data: { createWebTriggerUrl: { url: 'https://x.example/x1/abc' } } })],
  },
  'webTrigger.getUrl, made anew': {
    run: (api) => api.webTrigger.getUrl('hook', true),
    answers: [json({ data: { createWebTriggerUrl: { url: 'u' } } })],
  },
  'webTrigger.getUrl with options': {
    run: (api) =>
      Promise.all([
        api.webTrigger.getUrl('hook', {
          forceCreate: true,
          secretKeyConfig: { key: 'k', noExpiry: true },
        }),
        api.webTrigger.getUrl('hook', { secretKeyConfig: { key: 'k' } }),
      ]),
    answers: [json({ data: { createWebTriggerUrl: { url: 'u' } } })],
  },
  'webTrigger.getUrl without answer': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [json({ errors: [] })],
  },
  'webTrigger.getUrl, status 500': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [json({}, 500)],
  },
  'webTrigger.getUrl, refused by the proxy': {
    run: (api) => api.webTrigger.getUrl('hook'),
    answers: [refused('UPSTREAM', 502)],
  },
  'webTrigger.deleteUrl': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/public/abc?d=e'),
    answers: [json({ data: { deleteWebTriggerUrl: { success: true } } })],
  },
  'webTrigger.deleteUrl of something else': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/abc'),
  },
  'webTrigger.deleteUrl, refused': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/x1/abc'),
    answers: [json({ data: { deleteWebTriggerUrl: { success: false, message: 'no' } } })],
  },
  'webTrigger.deleteUrl without answer': {
    run: (api) => api.webTrigger.deleteUrl('https://x.example/x1/abc'),
    answers: [json({})],
  },
  'webTrigger.queryUrls': {
    run: (api) => Promise.all([api.webTrigger.queryUrls(), api.webTrigger.queryUrls('b')]),
    answers: [
      json({
        data: {
          webTriggerUrlsByAppContext: [
            { triggerKey: 'a', url: 'u1' },
            { triggerKey: 'b', url: 'u2' },
          ],
        },
      }),
    ],
  },
  'webTrigger.queryUrls without answer': {
    run: (api) => api.webTrigger.queryUrls(),
    answers: [json({})],
  },
  'webTrigger.queryUrls, status 403': {
    run: (api) => api.webTrigger.queryUrls(),
    answers: [json({}, 403)],
  },
};
