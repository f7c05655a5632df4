import 'reflect-metadata';
import { inject, injectable } from 'tsyringe';

type Class = new (...args: never[]) => unknown;

/** What `@injectable()` and `@inject(token)` at each parameter do, without decorator syntax. */
export const injected = <C extends Class>(target: C, ...tokens: readonly symbol[]): C => {
  for (const [position, token] of tokens.entries()) inject(token)(target, undefined, position);
  injectable()(target);
  return target;
};
