import 'reflect-metadata/lite';
import type { DependencyContainer } from 'tsyringe';
import { ChainError } from '../errors/config-error.js';
import { TributaryError } from '../errors/tributary-error.js';
import type { Provider, Resolver } from './registry.js';
import { nameOf } from './token.js';

type Class = new (...args: never[]) => unknown;

/** Where tsyringe's `@inject` notes its tokens, by the parameter's position. */
const INJECTED = 'injectionTokens';

/**
 * A parameter without `@inject` is filled from emitted type metadata, which names no interface: the
 * class would be handed an empty object, or undefined where a compiler emits none.
 */
const checkInjected = (useClass: Class): void => {
  const tokens: Record<string, unknown> = Reflect.getOwnMetadata(INJECTED, useClass) ?? {};
  for (let position = 0; position < useClass.length; position += 1) {
    if (tokens[position] === undefined) {
      throw new ChainError(
        `Parameter ${position + 1} of the class \`${useClass.name}\` has no @inject(TOKEN); give every constructor parameter one, and the class @injectable().`,
      );
    }
  }
};

const construct = (useClass: Class, scope: DependencyContainer): unknown => {
  checkInjected(useClass);
  try {
    return scope.resolve(useClass as new () => unknown);
  } catch (error) {
    if (error instanceof TributaryError) throw error;
    const reason = error instanceof Error ? error.message.replace(/\s+/g, ' ') : String(error);
    throw new ChainError(`The class \`${useClass.name}\` can't be built: ${reason}`, {
      cause: error,
    });
  }
};

/** @throws ChainError when the provider says nothing, or its class can't be built. */
export const buildProvider = (
  token: symbol,
  provider: Provider<unknown>,
  scope: DependencyContainer,
  resolver: Resolver,
): unknown => {
  if (Object.hasOwn(provider, 'useValue')) return (provider as { useValue: unknown }).useValue;
  const { useFactory, useClass } = provider as {
    useFactory?: (resolver: Resolver) => unknown;
    useClass?: Class;
  };
  if (typeof useFactory === 'function') return useFactory(resolver);
  if (typeof useClass === 'function') return construct(useClass, scope);
  throw new ChainError(
    `${nameOf(token)} is provided without a useValue, a useFactory or a useClass.`,
  );
};
