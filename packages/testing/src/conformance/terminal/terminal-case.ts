import type { TerminalBench } from './harness.js';

/** Name, and what is to hold. */
export type TerminalCase = readonly [string, (bench: TerminalBench) => Promise<void>];
