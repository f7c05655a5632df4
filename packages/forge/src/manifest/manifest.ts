import type { ForgePermissions } from '../platform/forge-runtime.js';

/** Where something stands in the manifest. */
export interface ManifestPlace {
  /** The path to it: `modules.function[0].handler`. */
  readonly field: string;
  /** From 1. */
  readonly line: number;
}

/** `handler: index.run`: what a file of the app's code exports. */
export interface HandlerName {
  /** Without extension, below the folder of the app's code. */
  readonly file: string;
  readonly name: string;
}

/** A `function` module. */
export interface FunctionModule extends ManifestPlace {
  readonly key: string;
  readonly handler: HandlerName;
  /** What it may take, where the manifest says so. */
  readonly timeoutSeconds?: number;
}

/** A module that names a function of the app. */
export interface CallingModule extends ManifestPlace {
  /** As the manifest writes it: `macro`, `webtrigger`, `confluence:contentAction`. */
  readonly type: string;
  readonly key: string;
  /** The key of a `function` module. */
  readonly function: string;
}

/** One of the answers that a static web trigger may give. */
export interface StaticOutput {
  readonly key: string;
  readonly statusCode: number;
  readonly contentType?: string;
  readonly body?: string;
}

export interface WebTriggerModule extends CallingModule {
  /** Only these answers may be given; undefined for a dynamic one, which answers what it likes. */
  readonly outputs?: readonly StaticOutput[];
}

/** How often a scheduled trigger runs. */
export type ScheduleInterval = 'fiveMinute' | 'hour' | 'day' | 'week';

export interface ScheduledTriggerModule extends CallingModule {
  readonly interval: ScheduleInterval;
}

/** A `trigger` module: a function that events of the product call. */
export interface EventTriggerModule extends CallingModule {
  readonly events: readonly string[];
}

/** What the manifest holds and nothing here runs. */
export interface UnsupportedPart {
  /** The module's type, or the manifest's section: `consumer`, `resources`. */
  readonly type: string;
  readonly key: string;
  readonly line: number;
  /** Why, and what to do instead. */
  readonly reason: string;
}

/** A Forge app's manifest.yml, checked. */
export interface ForgeManifest {
  /** The file that it was read from. */
  readonly file: string;
  /** The app's folder. */
  readonly folder: string;
  readonly app: {
    /** `app.id` without `ari:cloud:ecosystem::app/`. */
    readonly id: string;
    /** `app.runtime.name`: `nodejs22.x`. */
    readonly runtime?: string;
  };
  readonly functions: readonly FunctionModule[];
  /** Modules of the UI whose `resolver.function` its frontend calls. */
  readonly resolvers: readonly CallingModule[];
  readonly webTriggers: readonly WebTriggerModule[];
  readonly scheduledTriggers: readonly ScheduledTriggerModule[];
  readonly eventTriggers: readonly EventTriggerModule[];
  readonly permissions: ForgePermissions & { readonly scopes: readonly string[] };
  readonly unsupported: readonly UnsupportedPart[];
}
