import type { Entry } from './diary.js';
import type { AppUser, Face } from './face.js';

/** Forgets what a user allowed, and says what is left to them to do. */
export const forgetConsent = async (
  { tributary, people }: Face,
  { id }: AppUser,
): Promise<Omit<Entry, 'at'>> => {
  const { accountId, atAtlassian } = await tributary.consent.revoke({ id });
  if (accountId === undefined) return { isDone: true, text: 'There was no consent to forget.' };
  const isSandbox = people !== undefined;
  return {
    isDone: true,
    text: `Your consent is forgotten here. ${isSandbox ? 'On a real site you would do this too: ' : ''}${atAtlassian.what}`,
    link: { href: atAtlassian.url, words: new URL(atAtlassian.url).host },
  };
};
