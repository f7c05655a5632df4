import { describe, expect, it } from 'vitest';
import { scopeWords } from '../src/scope-words.js';

describe('scopeWords', () => {
  it.each([
    ['read:page:confluence', 'read pages and blog posts'],
    ['write:comment:confluence', 'create and change comments'],
    ['delete:whiteboard:confluence', 'delete whiteboards'],
    ['read:confluence-content.all', 'read all content that you can read'],
    ['offline_access', 'stay connected while you are away'],
    ['WRITE', 'change what you can change'],
  ])('%s: %s', (scope, words) => {
    expect(scopeWords(scope)).toBe(words);
  });

  it.each([
    ['an unknown thing', 'read:unicorn:confluence'],
    ['an unknown verb', 'admin:page:confluence'],
    ['another product', 'read:page:jira'],
    ['what every object has', 'constructor'],
    ['what every object has, as a thing', 'read:constructor:confluence'],
    ['nothing', ''],
  ])('has no words for %s', (_, scope) => {
    expect(scopeWords(scope)).toBeUndefined();
  });
});
