import { inspect } from 'node:util';
import { findMark } from './mark.mjs';
import { noteCount, noteLeak } from './notes.mjs';

const made = [];

/** Remembers every error of the package's own classes, wherever it is caught. */
export const watchErrors = (base) => {
  class Watched extends Error {
    constructor(...words) {
      super(...words);
      made.push(this);
    }
  }
  // What `super()` calls is looked up when it is called.
  Object.setPrototypeOf(base, Watched);
};

const textOf = (error) => {
  try {
    return `${inspect(error, { depth: 8 })}\n${JSON.stringify(error)}\n${error.stack}`;
  } catch (failure) {
    return String(failure);
  }
};

/** Searches all errors since the last time, as a log or an error tracker would get them. */
export const searchErrors = (place) => {
  const errors = made.splice(0);
  const texts = errors.map(textOf);
  noteCount('errors', errors.length);
  if (findMark(texts.join('\n')) === undefined) return;
  texts.forEach((text, at) => {
    noteLeak(`${errors[at].name} in ${place}`, findMark(text));
  });
};
