import type { ForgeMetrics } from '../platform/forge-runtime.js';
import type { Permissions } from './permission-set.js';

interface Ari {
  toString: () => string;
  toJSON?: () => string;
}

export type AppAri = Ari & { appId: string };
export type EnvironmentAri = Ari & { environmentId: string };
export type InstallationAri = Ari & { installationId: string };

/** What the site has bought of the app. */
export type License = {
  active?: boolean;
  isActive?: boolean;
  billingPeriod?: string;
  capabilitySet?: 'capabilityStandard' | 'capabilityAdvanced';
  ccpEntitlementId?: string;
  ccpEntitlementSlug?: string;
  isEvaluation?: boolean;
  subscriptionEndDate?: string;
  supportEntitlementNumber?: string;
  trialEndDate?: string;
  type?: string;
};

/** Where the app is installed. */
export interface Installation {
  ari: InstallationAri;
  contexts: {
    cloudId?: string;
    workspaceId?: string;
    toString: () => string;
  }[];
}

/** What an app may know of itself and of the invocation that it runs in. */
export type AppContext = {
  appAri: AppAri;
  appVersion: string;
  environmentAri: EnvironmentAri;
  environmentType: string;
  invocationId: string;
  /** Ms. */
  invocationRemainingTimeInMillis(): number;
  installationAri: InstallationAri;
  moduleKey: string;
  license?: License;
  installation?: Installation;
  permissions?: Permissions;
};

/** What Forge's runtime tells packages of Forge's own; outside Forge, what the platform here stands in with. */
export type ForgeRuntime = {
  proxy: { token: string; url: string; host?: string };
  contextAri: string;
  container: { region?: string; runtime?: string; handler?: string; appCodeDir?: string };
  appContext: {
    appId: string;
    appVersion: string;
    environmentId: string;
    environmentType: string;
    invocationId: string;
    installationId: string;
    functionKey: string;
    moduleType: string;
    moduleKey: string;
    license?: License;
    installation?: Installation;
    permissions?: Permissions;
  };
  /** The invoking user's account. */
  aaid?: string;
  lambdaContext: { awsRequestId: string; getRemainingTimeInMillis(): number };
  tracing: { traceId: string; spanId: string };
  realtime: { contextToken?: string };
  metrics: ForgeMetrics;
  rms?: { url: string; host: string };
  kvs?: { url: string; host: string };
  externalAuth?: {
    service: string;
    remotes: { baseUrl: string; key: string }[];
    accounts: {
      id: string;
      externalAccountId: string;
      displayName: string;
      scopes: string[];
      avatarUrl?: string;
    }[];
  }[];
  featureFlags: (flag: string) => boolean;
};
