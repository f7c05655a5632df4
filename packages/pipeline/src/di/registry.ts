import 'reflect-metadata/lite';
import { type DependencyContainer, container as globalContainer } from 'tsyringe';
import { ChainError } from '../errors/config-error.js';
import { buildProvider } from './build-provider.js';
import { createParts } from './parts.js';
import { type ListToken, nameOf, type Token } from './token.js';

/** Reads what was registered; handed to factories, so that they never see the container. */
export interface Resolver {
  /** @throws ChainError naming the token when nobody provides it. */
  get<T>(token: Token<T>): T;
  find<T>(token: Token<T>): T | undefined;
  all<T>(token: ListToken<T>): readonly T[];
}

/**
 * How a thing comes about. A factory or class runs once, when it is first asked for. Whatever has a
 * `dispose` is disposed of with the registry, values included.
 */
export type Provider<T> =
  | { readonly useValue: T }
  | { readonly useFactory: (resolver: Resolver) => T }
  // biome-ignore lint/suspicious/noExplicitAny: tsyringe fills the constructor's @inject parameters
  | { readonly useClass: new (...args: any[]) => T };

/** A thin, typed face of tsyringe's container: a wrong slot does not compile through it. */
export interface Registry extends Resolver, AsyncDisposable {
  /** @throws ChainError naming both plugins when another one provides the same token. */
  provide<T>(token: Token<T>, provider: Provider<NoInfer<T>>): void;
  /** Provides what a default or an earlier plugin provides, on purpose. */
  replace<T>(token: Token<T>, provider: Provider<NoInfer<T>>): void;
  /** Adds to a list; its order is the order of the plugins. */
  add<T>(token: ListToken<T>, provider: Provider<NoInfer<T>>): void;
  /** The container itself, for what needs it; nothing that goes in here is checked before the build. */
  readonly container: DependencyContainer;
}

/** What a package adds to the chain. */
export interface Plugin {
  readonly name: string;
  register(registry: Registry): void;
}

/** A new container that has no parent. */
const createContainer = (): DependencyContainer =>
  // Not a child of the global one, where a class with @singleton() is built with the dependencies of
  // whichever chain asks first, and then given to all others.
  new (globalContainer.constructor as new () => DependencyContainer)();

const describe = (value: unknown): string => {
  const name = (value as { readonly name?: unknown } | null | undefined)?.name;
  return typeof name === 'string' && name !== '' ? `\`${name}\`` : 'something without a name';
};

/**
 * Builds a registry on a fresh container. `defaults` give way to any plugin; plugins are registered
 * in order.
 * @throws ChainError naming both, when two plugins provide one token or have one name.
 */
export const createRegistry = (options: {
  readonly plugins: readonly Plugin[];
  readonly defaults?: readonly Plugin[];
}): Registry => {
  const container = createContainer();
  const provided = new Map<symbol, { readonly owner: string; provider: Provider<unknown> }>();
  const parts = createParts();
  let current = 'the application';
  let isDefault = false;

  /** One registration of the container, built when it is first asked for. */
  const register = (token: symbol, read: () => Provider<unknown>): void => {
    let state: 'new' | 'building' | 'built' = 'new';
    let value: unknown;
    container.register(token, {
      useFactory: (scope) => {
        if (state === 'built') return value;
        if (state === 'building') {
          throw new ChainError(`${nameOf(token)} needs itself: its parts ask for each other.`);
        }
        state = 'building';
        try {
          value = parts.keep(buildProvider(token, read(), scope, resolver));
          state = 'built';
        } finally {
          if (state === 'building') state = 'new';
        }
        return value;
      },
    });
  };

  const provide = (token: symbol, provider: Provider<unknown>, force: boolean): void => {
    const earlier = provided.get(token);
    if (isDefault && container.isRegistered(token)) return;
    if (earlier !== undefined && !force) {
      throw new ChainError(
        `\`${current}\` and \`${earlier.owner}\` both provide ${nameOf(token)}. Leave one out, or let the later say \`replace\`.`,
      );
    }
    parts.own(provider);
    provided.set(token, { owner: current, provider });
    // The container has no way to take a registration back, so that it asks for the latest.
    if (earlier === undefined) {
      register(token, () => provided.get(token)?.provider ?? provider);
    }
  };

  const resolveAll = <T>(token: Token<T> | ListToken<T>): T[] => container.resolveAll<T>(token);

  const resolver: Resolver = {
    get<T>(token: Token<T>): T {
      if (!container.isRegistered(token)) {
        throw new ChainError(`Nobody provides ${nameOf(token)}; add a plugin that does.`);
      }
      const [value, ...others] = resolveAll(token);
      if (others.length > 0) {
        // Only what went into the container directly can get here.
        const names = [value, ...others].map(describe).join(' and ');
        throw new ChainError(`${nameOf(token)} is provided more than once: by ${names}.`);
      }
      return parts.keep(value as T);
    },
    find: (token) => (container.isRegistered(token) ? resolver.get(token) : undefined),
    all: (token) => (container.isRegistered(token) ? resolveAll(token).map(parts.keep) : []),
  };

  const registry: Registry = {
    ...resolver,
    provide: (token, provider) => provide(token, provider, false),
    replace: (token, provider) => provide(token, provider, true),
    add: (token, provider) => {
      parts.own(provider);
      register(token, () => provider);
    },
    container,
    [Symbol.asyncDispose]: parts.dispose,
  };

  const install = (plugins: readonly Plugin[]): void => {
    const names = new Set<string>();
    for (const plugin of plugins) {
      if (names.has(plugin.name)) {
        throw new ChainError(`Two plugins are called \`${plugin.name}\`; each is registered once.`);
      }
      names.add(plugin.name);
      current = plugin.name;
      plugin.register(registry);
    }
    current = 'the application';
  };

  install(options.plugins);
  isDefault = true;
  install(options.defaults ?? []);
  isDefault = false;
  return registry;
};
