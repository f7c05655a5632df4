import { type Account, createAccount } from '../../src/account/account.js';

/** What a story tells, kept; `until` resolves with the line that fits. */
export interface Told {
  readonly account: Account;
  text(): string;
  until(pattern: RegExp): Promise<RegExpExecArray>;
}

export const tell = (): Told => {
  let told = '';
  const waiting: (() => void)[] = [];
  return {
    account: createAccount({
      write(text) {
        told += text;
        for (const look of waiting) look();
      },
    }),
    text: () => told,
    until: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          const found = pattern.exec(told);
          if (found !== null) resolve(found);
        };
        waiting.push(look);
        look();
      }),
  };
};
