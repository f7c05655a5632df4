import type { Settings } from './settings.js';

type Where = Pick<Settings, 'origin' | 'path'>;

/** Where the person is asked, and told what became of it. */
export const askUrl = ({ origin, path }: Where, id: string): string => `${origin}${path}/ask/${id}`;

/** Where what was sent is run again. */
export const resumeUrl = ({ origin, path }: Where, id: string): string =>
  `${origin}${path}/resume/${id}`;

/** Where its answer is. */
export const answerUrl = ({ origin, path }: Where, id: string): string =>
  `${origin}${path}/answer/${id}`;

/** What the problem type of a program's 401 is about. */
export const requiredUrl = ({ origin, path }: Where): string => `${origin}${path}/required`;
