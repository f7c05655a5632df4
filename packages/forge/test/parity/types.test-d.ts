// Compiled by `typecheck`, not run: what is typed against @forge/api fits the drop-in, and the other way round.
import type * as forge from '@forge/api';
import type * as dropIn from '../../src/drop-in/index.js';

declare const theirs: typeof forge;
declare const ours: typeof dropIn;

/** All that an app can import, default and named. */
export const asTheirs: Omit<typeof forge, 'i18n' | 'default'> = ours;
export const asOurs: Omit<typeof dropIn, 'storage' | 'i18n' | 'default'> = theirs;
export const defaultAsTheirs: forge.ForgeAPI = ours.default;
// An ES module of Node's sees Forge's CommonJS exports as the default.
export const defaultAsOurs: typeof dropIn.default = theirs.default.default;

/** Locales are a union of Forge's there. */
export const i18n: typeof dropIn.i18n = theirs.i18n;

type Both<A, B> = [A] extends [B]
  ? [B] extends [A]
    ? true
    : 'theirs does not fit'
  : 'ours does not fit';

interface Types {
  APIResponse: Both<dropIn.APIResponse, forge.APIResponse>;
  AppContext: Both<dropIn.AppContext, forge.AppContext>;
  ConnectedDataFetchMethods: Both<
    dropIn.ConnectedDataFetchMethods,
    forge.ConnectedDataFetchMethods
  >;
  ExternalAuthAccount: Both<dropIn.ExternalAuthAccount, forge.ExternalAuthAccount>;
  ExternalAuthAccountMethods: Both<
    dropIn.ExternalAuthAccountMethods,
    forge.ExternalAuthAccountMethods
  >;
  ExternalAuthFetchMethods: Both<dropIn.ExternalAuthFetchMethods, forge.ExternalAuthFetchMethods>;
  ExternalAuthFetchMethodsProvider: Both<
    dropIn.ExternalAuthFetchMethodsProvider,
    forge.ExternalAuthFetchMethodsProvider
  >;
  FetchAPI: Both<dropIn.FetchAPI, forge.FetchAPI>;
  FetchMethod: Both<dropIn.FetchMethod, forge.FetchMethod>;
  FetchMethodAllowingRoute: Both<dropIn.FetchMethodAllowingRoute, forge.FetchMethodAllowingRoute>;
  FetchOptions: Both<dropIn.FetchOptions, forge.FetchOptions>;
  ForgeAPI: Both<dropIn.ForgeAPI, forge.ForgeAPI>;
  ForgeRuntime: Both<dropIn.ForgeRuntime, forge.ForgeRuntime>;
  GraphQLFetchMethods: Both<dropIn.GraphQLFetchMethods, forge.GraphQLFetchMethods>;
  Headers: Both<dropIn.Headers, forge.Headers>;
  NeedsAuthenticationErrorOptions: Both<
    dropIn.NeedsAuthenticationErrorOptions,
    forge.NeedsAuthenticationErrorOptions
  >;
  RequestAtlassianMethods: Both<dropIn.RequestAtlassianMethods, forge.RequestAtlassianMethods>;
  RequestInit: Both<dropIn.RequestInit, forge.RequestInit>;
  RequestProductMethod: Both<dropIn.RequestProductMethod, forge.RequestProductMethod>;
  RequestProductMethods: Both<dropIn.RequestProductMethods, forge.RequestProductMethods>;
  Response: Both<dropIn.Response, forge.Response>;
  Route: Both<dropIn.Route, forge.Route>;
  TeamworkGraphFetchMethods: Both<
    dropIn.TeamworkGraphFetchMethods,
    forge.TeamworkGraphFetchMethods
  >;
  TranslationFunction: Both<dropIn.TranslationFunction, forge.TranslationFunction>;
  WebTriggerContext: Both<dropIn.WebTriggerContext, forge.WebTriggerContext>;
  WebTriggerMethod: Both<dropIn.WebTriggerMethod, forge.WebTriggerMethod>;
  WebTriggerRequest: Both<dropIn.WebTriggerRequest, forge.WebTriggerRequest>;
  WebTriggerResponse: Both<dropIn.WebTriggerResponse, forge.WebTriggerResponse>;
  WithContextFetchMethods: Both<dropIn.WithContextFetchMethods, forge.WithContextFetchMethods>;
}

/** Those that do not fit, by name: none. */
type Misfits = { [K in keyof Types as Types[K] extends true ? never : K]: Types[K] };
export const misfits: Record<keyof Misfits, never> = {};
export const noMisfit: keyof Misfits extends never ? true : keyof Misfits = true;
