export { CANARY } from './canary.js';
export {
  ConsentWalkError,
  type WalkConsentOptions,
  walkConsent,
} from './consent-walk/walk-consent.js';
export type { SandboxFault } from './faults.js';
export type { ListenerName, SandboxRequest } from './journal.js';
export type {
  BurstLimit,
  CloudLimits,
  DataCenterLimits,
  QuotaLimit,
  SandboxLimits,
} from './limits/limit-options.js';
export type { LimitName } from './limits/limiter.js';
export type { ServiceClient } from './oauth/client.js';
export type { Account, Person, PersonName } from './people.js';
export type { SandboxOptions } from './sandbox-options.js';
export { type Sandbox, type SandboxClient, startSandbox } from './start-sandbox.js';
