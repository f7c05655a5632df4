import 'reflect-metadata';
import { type DependencyContainer, container as globalContainer } from 'tsyringe';
import { disposeAll } from '../chain/dispose-all.js';
import { ChainError } from '../errors/config-error.js';
import { type ListToken, nameOf, type Token } from './token.js';

/** Reads what was registered; handed to factories, so that they never see the container. */
export interface Resolver {
  /** @throws ChainError naming the token when nobody provides it. */
  get<T>(token: Token<T>): T;
  find<T>(token: Token<T>): T | undefined;
  all<T>(token: ListToken<T>): readonly T[];
}

/** How a thing comes about. A factory or class runs once, when it is first asked for. */
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

interface Disposable {
  readonly dispose?: () => unknown;
  readonly [Symbol.asyncDispose]?: () => unknown;
}

/**
 * Builds a registry on a fresh container. `defaults` give way to any plugin; plugins are registered
 * in order.
 * @throws ChainError naming both, when two plugins provide one token or have one name.
 */
export const createRegistry = (options: {
  readonly plugins: readonly Plugin[];
  readonly defaults?: readonly Plugin[];
}): Registry => {
  // The global container is shared by every copy of every library in the process.
  const container = globalContainer.createChildContainer();
  const owners = new Map<symbol, string>();
  const built = new Set<Disposable>();
  let current = 'the application';
  let isDefault = false;

  const keep = <T>(value: T): T => {
    if (typeof value === 'object' && value !== null) built.add(value as Disposable);
    return value;
  };

  const register = (token: symbol, provider: Provider<unknown>): void => {
    let value: unknown;
    let isBuilt = false;
    container.register(token, {
      useFactory: (scope) => {
        if (!isBuilt) {
          value = keep(build(provider, scope, resolver));
          isBuilt = true;
        }
        return value;
      },
    });
  };

  const provide = (token: symbol, provider: Provider<unknown>, force: boolean): void => {
    const owner = owners.get(token);
    if (owner !== undefined && isDefault) return;
    if (owner !== undefined && !force) {
      throw new ChainError(
        `\`${current}\` and \`${owner}\` both provide ${nameOf(token)}. Leave one out, or let the later say \`replace\`.`,
      );
    }
    owners.set(token, current);
    register(token, provider);
  };

  const resolver: Resolver = {
    get(token) {
      if (!container.isRegistered(token)) {
        throw new ChainError(`Nobody provides ${nameOf(token)}; add a plugin that does.`);
      }
      return container.resolve(token);
    },
    find: (token) => (container.isRegistered(token) ? container.resolve(token) : undefined),
    all: (token) => (container.isRegistered(token) ? container.resolveAll(token) : []),
  };

  const registry: Registry = {
    ...resolver,
    provide: (token, provider) => provide(token, provider, false),
    replace: (token, provider) => provide(token, provider, true),
    add: (token, provider) => register(token, provider),
    container,
    [Symbol.asyncDispose]: async () => {
      const parts = [...built].reverse();
      built.clear();
      await disposeAll(
        parts.map((part) => (part.dispose ?? part[Symbol.asyncDispose])?.bind(part)),
      );
      container.clearInstances();
    },
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

const build = (
  provider: Provider<unknown>,
  scope: DependencyContainer,
  resolver: Resolver,
): unknown => {
  if ('useValue' in provider) return provider.useValue;
  if ('useFactory' in provider) return provider.useFactory(resolver);
  return scope.resolve(provider.useClass);
};
