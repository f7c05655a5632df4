import type { Context } from 'hono';
import { attachmentNamed, saveAttachment } from '../store/attachments.js';
import type { PageRow } from '../store/pages.js';
import type { RestEnv, Services } from './env.js';
import { requireRight } from './page-access.js';
import { Problem } from './problem.js';
import { accountOf, viewerOf } from './request.js';

/** As Confluence has it by default. */
const largestFile = 100 * 1024 * 1024;
/** For what stands around the file. */
const envelope = 64 * 1024;

/**
 * Saves the file of a form and gives the attachment's id; undefined when it was only to be created and
 * its name is taken.
 */
export async function uploadAttachment(
  c: Context<RestEnv>,
  services: Services,
  page: PageRow,
  mode: 'create' | 'upsert',
): Promise<number | undefined> {
  const { database, media, now } = services;
  const authorId = accountOf(c);
  requireRight(services, viewerOf(c), page, 'update');
  const form = await readForm(c);
  const file = form.get('file');
  if (!(file instanceof File) || file.name === '') throw new Problem(400, `'file' is required`);
  if (file.size > largestFile) throw new Problem(413, 'The attachment is larger than 100 MiB');
  const isTaken = attachmentNamed(database, page.id, file.name) !== undefined;
  if (mode === 'create' && isTaken) return undefined;
  const mediaType = file.type === '' ? 'application/octet-stream' : file.type;
  return saveAttachment(database, {
    pageId: page.id,
    title: file.name,
    mediaId: media.put(await file.bytes(), mediaType),
    mediaType,
    size: file.size,
    comment: textOf(form, 'comment'),
    minorEdit: textOf(form, 'minorEdit') === 'true',
    authorId,
    now: now(),
  });
}

const textOf = (form: FormData, name: string): string => {
  const value = form.get(name);
  return typeof value === 'string' ? value : '';
};

async function readForm(c: Context<RestEnv>): Promise<FormData> {
  const isForm = c.req.header('content-type')?.toLowerCase().startsWith('multipart/form-data');
  if (!isForm) throw new Problem(400, 'Request body must be multipart/form-data');
  if (Number(c.req.header('content-length') ?? 0) > largestFile + envelope) {
    throw new Problem(413, 'The attachment is larger than 100 MiB');
  }
  try {
    return await c.req.raw.formData();
  } catch {
    throw new Problem(400, 'Request body is no valid form');
  }
}
