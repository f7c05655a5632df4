import type { Context } from 'hono';
import { level } from '../database.js';
import { spaceLevel, type Viewer } from '../store/access.js';
import { recordPageEvent } from '../store/audit.js';
import {
  insertPage,
  isBelow,
  isTitleTaken,
  type PageRow,
  trashPage,
  updatePage,
} from '../store/pages.js';
import { findSpace } from '../store/spaces.js';
import type { RestEnv, Services } from './env.js';
import { requireCurrentPage, requirePage, requireRight } from './page-access.js';
import { Problem } from './problem.js';
import {
  accountOf,
  isRecord,
  type Json,
  parseId,
  readRecord,
  requireStorage,
  requireText,
  viewerOf,
} from './request.js';

const longestTitle = 255;

/** Creates a page and gives its id. */
export async function createPage(c: Context<RestEnv>, services: Services): Promise<number> {
  const { database, now } = services;
  const authorId = accountOf(c);
  const viewer = viewerOf(c);
  const body = await readRecord(c);
  requireNoDraft(body);
  const spaceId = parseId(body.spaceId, 'spaceId');
  const title = requireText(body, 'title', longestTitle);
  const storage = body.body === undefined ? '' : requireStorage(body);
  const space = findSpace(database, viewer, spaceId);
  if (space === undefined) throw new Problem(404, 'Not Found');
  if (spaceLevel(database, viewer, spaceId) < level.edit) {
    throw new Problem(403, 'User does not have permission to create content in this space');
  }
  const parentId = readParent(services, viewer, body, spaceId) ?? space.homepage_id;
  refuseTakenTitle(services, spaceId, title);
  const id = insertPage(database, {
    spaceId,
    parentId,
    title,
    body: storage,
    authorId,
    now: now(),
  });
  recordPageEvent(database, { now: now(), authorId, summary: 'Page created', name: title });
  return id;
}

/** Writes a new version of a page and gives its id. */
export async function replacePage(c: Context<RestEnv>, services: Services): Promise<number> {
  const { database, now } = services;
  const authorId = accountOf(c);
  const viewer = viewerOf(c);
  const page = requirePage(services, viewer, parseId(c.req.param('id'), 'id'));
  const body = await readRecord(c);
  if (parseId(body.id, 'id') !== page.id) {
    throw new Problem(400, 'The id in the body does not match the id in the path');
  }
  requireNoDraft(body);
  requireRight(services, viewer, page, 'update');
  const title = requireText(body, 'title', longestTitle);
  const storage = body.body === undefined ? page.body : requireStorage(body);
  const version = requireNextVersion(body, page);
  const parentId = readParent(services, viewer, body, page.space_id) ?? page.parent_id;
  if (parentId !== null && isBelow(database, parentId, page.id)) {
    throw new Problem(400, 'A page cannot be moved below itself');
  }
  refuseTakenTitle(services, page.space_id, title, page.id);
  updatePage(database, {
    id: page.id,
    parentId,
    title,
    body: storage,
    version: version.number,
    message: version.message,
    authorId,
    now: now(),
  });
  return page.id;
}

/** Moves a page to the bin. */
export function deletePage(c: Context<RestEnv>, services: Services): void {
  const authorId = accountOf(c);
  const viewer = viewerOf(c);
  const page = requireCurrentPage(services, viewer, parseId(c.req.param('id'), 'id'));
  requireRight(services, viewer, page, 'delete');
  trashPage(services.database, page);
  recordPageEvent(services.database, {
    now: services.now(),
    authorId,
    summary: 'Page deleted',
    name: page.title,
  });
}

function requireNoDraft(body: Json): void {
  const { status } = body;
  if (status !== undefined && status !== 'current') {
    throw new Problem(400, `The sandbox keeps no drafts: 'status' must be current`);
  }
}

function readParent(
  services: Services,
  viewer: Viewer,
  body: Json,
  spaceId: number,
): number | undefined {
  const { parentId } = body;
  if (parentId === undefined || parentId === null || parentId === '') return undefined;
  const parent = requireCurrentPage(services, viewer, parseId(parentId, 'parentId'));
  if (parent.space_id !== spaceId) throw new Problem(400, 'The parent is in another space');
  return parent.id;
}

function requireNextVersion(body: Json, page: PageRow): { number: number; message: string } {
  const version = isRecord(body.version) ? body.version : {};
  const { number, message } = version;
  if (typeof number !== 'number' || !Number.isInteger(number)) {
    throw new Problem(400, `'version.number' is required`);
  }
  if (number !== page.version + 1) {
    throw new Problem(
      409,
      `Version must be incremented when updating a page. Current Version: [${page.version}]. Provided version: [${number}]`,
    );
  }
  return { number, message: typeof message === 'string' ? message : '' };
}

function refuseTakenTitle(services: Services, spaceId: number, title: string, except = 0): void {
  if (isTitleTaken(services.database, spaceId, title, except)) {
    throw new Problem(
      400,
      'A page with this title already exists: A page already exists with the same TITLE in this space',
    );
  }
}
