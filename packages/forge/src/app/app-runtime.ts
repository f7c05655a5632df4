import type { ForgeRuntime } from '../platform/forge-runtime.js';

/** What the platform tells of the invocation that runs now. */
export const appRuntime = (): ForgeRuntime =>
  (globalThis as { readonly __forge_runtime__?: ForgeRuntime }).__forge_runtime__ as ForgeRuntime;

/** Forge: "Function arguments", the second one, the same for all modules. */
export interface FunctionContext {
  /** `ari:cloud:confluence::site/{cloudId}` */
  readonly installContext: string;
  /** Who is invoking; undefined where nobody is. */
  readonly principal: { readonly accountId: string } | undefined;
  readonly license?: Readonly<Record<string, unknown>>;
  readonly installation?: Readonly<Record<string, unknown>>;
}

export const functionContext = ({
  contextAri,
  aaid,
  appContext,
}: ForgeRuntime): FunctionContext => {
  const { license, installation } = appContext;
  return {
    installContext: contextAri,
    principal: aaid === undefined ? undefined : { accountId: aaid },
    ...(license && { license }),
    ...(installation && { installation }),
  };
};

/** The last part of the installation's context. */
export const cloudIdOf = ({ contextAri }: ForgeRuntime): string =>
  contextAri.slice(contextAri.lastIndexOf('/') + 1);
