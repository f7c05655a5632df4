declare const provides: unique symbol;
declare const lists: unique symbol;

/** Names one thing in the container. The type that it stands for exists for the compiler only. */
export type Token<T> = symbol & {
  readonly [provides]?: (value: T) => T;
  readonly [lists]?: never;
};

/** Names a list that every plugin may add to. */
export type ListToken<T> = symbol & {
  readonly [lists]?: (value: T) => T;
  readonly [provides]?: never;
};

export const token = <T>(name: string): Token<T> => Symbol(name) as Token<T>;

export const listToken = <T>(name: string): ListToken<T> => Symbol(name) as ListToken<T>;

/** A token's name, for errors. */
export const nameOf = (token: symbol): string => token.description ?? 'unnamed token';
