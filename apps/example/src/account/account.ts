import { styleText } from 'node:util';
import { formatTable } from './table.js';

type Style = Parameters<typeof styleText>[0];

/** What the person who started the app reads. */
export interface Account {
  title(text: string): void;
  say(text: string): void;
  /** Something that was left out, and what would enable it. */
  skip(what: string, enable: string): void;
  call(line: CallLine): void;
  table(head: readonly string[], rows: readonly (readonly string[])[]): void;
}

export interface CallLine {
  readonly principal: string;
  readonly method: string;
  readonly template: string;
  readonly outcome: string;
  readonly isFine: boolean;
  readonly ms: number;
}

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export const createAccount = (output: Output): Account => {
  const paint = (style: Style, text: string): string =>
    output.isTTY ? styleText(style, text, { validateStream: false }) : text;
  const line = (text = ''): void => {
    output.write(`${text}\n`);
  };
  return {
    title: (text) => line(`\n${paint('bold', text)}`),
    say: (text) => line(text),
    skip: (what, enable) => line(`${paint('yellow', `Skipped: ${what}`)} ${enable}`),
    call: ({ principal, method, template, outcome, isFine, ms }) =>
      line(
        `  ${principal.padEnd(7)} ${method.padEnd(5)} ${template.padEnd(50)} ${paint(
          isFine ? 'green' : 'yellow',
          outcome.padEnd(7),
        )} ${paint('dim', `${ms.toFixed(0).padStart(5)} ms`)}`,
      ),
    table: (head, rows) => {
      for (const row of formatTable(head, rows)) line(`  ${row}`);
    },
  };
};
