import { createHash, timingSafeEqual } from 'node:crypto';
import { webConsent } from '@tributary/consent/web';
import { TributaryError } from '@tributary/pipeline';
import { type Context, Hono } from 'hono';
import { csrf } from 'hono/csrf';
import type { Account } from '../account/account.js';
import { commentAsUser } from './comment.js';
import { Diary } from './diary.js';
import type { AppUser, Face } from './face.js';
import { forgetConsent } from './forget.js';
import { APP_NAME, messagePage, seeOther } from './pages/layout.js';
import { listPage } from './pages/list-page.js';
import { signInPage } from './pages/sign-in-page.js';
import { Sessions } from './sessions.js';

type SignedIn = (context: Context, user: AppUser) => Response | Promise<Response>;

/** The app: a list, a button, and nothing about OAuth but where its consent pages are. */
export const createApp = (face: Face, account: Account) => {
  const { tributary, report, publicUrl, consentPath } = face;
  const { host } = new URL(publicUrl);
  const sessions = new Sessions(face.users, publicUrl);
  const diary = new Diary();

  const consent = webConsent({
    consent: tributary.consent,
    publicUrl,
    path: consentPath,
    appName: APP_NAME,
    user: (request) => sessions.of(request),
    onError: ({ code, message }) => account.say(`  … ${code}: ${message}`),
  });

  const list = consent.boundary(async (request) => {
    const user = (await sessions.of(request)) as AppUser;
    const isAllowed = (await tributary.account()) !== undefined;
    return listPage({
      face,
      user,
      isAllowed,
      pages: await report.pages(),
      entries: diary.of(user.id),
    });
  });

  const comment = consent.boundary(async (request, { run }) => {
    const user = (await sessions.of(request)) as AppUser;
    const id = String((await readForm(request)).get('page'));
    const stale = await report.find(id);
    if (stale === undefined) return messagePage('No such page', 'It is not listed.', 404, user);
    const readOnly = face.whyNot(id);
    if (readOnly !== undefined) {
      const words = `Nobody was asked for anything. ${readOnly.enable}`;
      return messagePage('Nothing was written', words, 403, user);
    }
    if (run > 1) account.say(`  … granted; what was sent runs again, once (run ${run})`);
    diary.note(user.id, await commentAsUser(tributary, stale, run));
    return seeOther('/');
  });

  const app = new Hono();
  app.use(async (c, next) => {
    // A name that somebody else's DNS points here is another site, whose scripts would read this one.
    if (c.req.header('host') === host) return next();
    return c.text(`This app is at ${publicUrl}\n`, 421);
  });
  app.all(`${consentPath}/*`, (c) => consent.handle(c.req.raw, (request) => app.fetch(request)));
  app.use(csrf({ origin: publicUrl }));

  const signedIn = (handler: SignedIn) => async (c: Context) => {
    const user = await sessions.of(c.req.raw);
    return user === undefined ? seeOther('/sign-in') : handler(c, user);
  };
  app.get(
    '/',
    signedIn((c) => list(c.req.raw)),
  );
  app.post(
    '/comment',
    signedIn((c) => comment(c.req.raw)),
  );
  app.post(
    '/forget',
    signedIn(async (_, user) => {
      diary.note(user.id, await forgetConsent(face, user));
      return seeOther('/');
    }),
  );

  app.get('/sign-in', () => signInPage(face));
  app.post('/sign-in', async (c) => {
    const form = await readForm(c.req.raw);
    const user = sessions.user(String(form.get('user')));
    const isCode = face.signInCode === undefined || isSame(form.get('code'), face.signInCode);
    if (user === undefined || !isCode) return signInPage(face, true);
    return seeOther('/', await sessions.open(user));
  });
  app.post('/sign-out', () => seeOther('/sign-in', sessions.close()));

  app.notFound(() =>
    messagePage('There is no such page', 'The address may have been cut off.', 404),
  );
  app.onError((error) => {
    if ('getResponse' in error) return error.getResponse();
    const code = error instanceof TributaryError ? ` (${error.code})` : '';
    account.say(`  … ${error.message}${code}`);
    // What went wrong inside is the terminal's; what the chain says is made for people.
    const words =
      error instanceof TributaryError ? `${error.message}${code}` : 'The terminal says why.';
    return messagePage('That did not work', words, 500);
  });
  return app;
};

/** Whatever is no form has no fields. */
const readForm = (request: Request): Promise<FormData> =>
  request.formData().catch(() => new FormData());

const isSame = (given: FormDataEntryValue | null, wanted: string): boolean => {
  const digest = (value: string) => createHash('sha256').update(value).digest();
  return timingSafeEqual(digest(String(given).trim()), digest(wanted));
};
