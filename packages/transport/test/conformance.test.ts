import { middlewareConformance, terminalConformance } from '@tributary/testing';
import { describe, test } from 'vitest';
import { kyTerminal, retry } from '../src/index.js';

describe('the ky terminal keeps the contract', () => {
  for (const { name, run } of terminalConformance({
    create: ({ clock }) => kyTerminal({ clock }),
  })) {
    test(name, run);
  }
});

describe('retry keeps the contract', () => {
  for (const { name, run } of middlewareConformance({
    slot: 'retry',
    create: ({ clock, random }) => retry({ clock, random }),
  })) {
    test(name, run);
  }
});
