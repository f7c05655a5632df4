import { terminalConformance } from '@tributary/testing';
import { describe, test } from 'vitest';
import { undiciTerminal } from '../src/undici/index.js';

describe('the undici terminal keeps the contract', () => {
  for (const { name, run } of terminalConformance({
    create: ({ clock }) => undiciTerminal({ clock }),
  })) {
    test(name, run);
  }
});
