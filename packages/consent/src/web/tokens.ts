import { createHash, createHmac, randomBytes } from 'node:crypto';

/** 128 bits are more than anybody guesses. */
export const newId = (): string => randomBytes(18).toString('base64url');
export const newSecret = (): string => randomBytes(32).toString('base64url');

export const isId = (text: string | undefined): text is string =>
  text !== undefined && /^[\w-]{24}$/.test(text);

/** What a store may keep of a secret that is to be compared later. */
export const digest = (secret: string): string =>
  createHash('sha256').update(secret).digest('base64url');

/** What the form of one consent holds, so that no other site's form passes for it. */
export const formToken = (secret: string, id: string): string =>
  createHmac('sha256', secret).update(`form ${id}`).digest('base64url');
