export {
  makeAttemptCall,
  makeAuthenticatedCall,
  makeCall,
  makeResolvedCall,
} from './calls/make-call.js';
export type { ConformanceCase } from './conformance/conformance-case.js';
export type { AccountLinksConformanceOptions } from './conformance/grants/account-links-conformance.js';
export { accountLinksConformance } from './conformance/grants/account-links-conformance.js';
export type { GrantStoreConformanceOptions } from './conformance/grants/grant-store-conformance.js';
export { grantStoreConformance } from './conformance/grants/grant-store-conformance.js';
export type { PendingRecordsConformanceOptions } from './conformance/grants/pending-records-conformance.js';
export { pendingRecordsConformance } from './conformance/grants/pending-records-conformance.js';
export type {
  MiddlewareConformanceOptions,
  MiddlewareServices,
  MiddlewareSlot,
  SlotMiddleware,
} from './conformance/middleware/harness.js';
export { middlewareConformance } from './conformance/middleware/middleware-conformance.js';
export type {
  AuthProviderConformanceOptions,
  ProviderCaller,
} from './conformance/providers/auth-provider-conformance.js';
export { authProviderConformance } from './conformance/providers/auth-provider-conformance.js';
export type {
  TerminalConformanceOptions,
  TerminalServices,
} from './conformance/terminal/harness.js';
export type {
  SecureServices,
  SecureTerminalConformanceOptions,
} from './conformance/terminal/secure-conformance.js';
export { secureTerminalConformance } from './conformance/terminal/secure-conformance.js';
export { terminalConformance } from './conformance/terminal/terminal-conformance.js';
export type { CollectedLogs, LogEntry } from './fakes/collect-logs.js';
export { collectLogs, onLogLine } from './fakes/collect-logs.js';
export type { FakeClock } from './fakes/fake-clock.js';
export { fakeClock } from './fakes/fake-clock.js';
export { fakeAccountLinks, fakeGrantStore, fakePendingRecords } from './fakes/fake-grants.js';
export type { FakeAnswer, FakeTerminal } from './fakes/fake-terminal.js';
export { fakeTerminal } from './fakes/fake-terminal.js';
export { staticProvider } from './fakes/static-provider.js';
export type { Encoding } from './secrets/encodings.js';
export type { Canaries, FoundSecret } from './secrets/find-secrets.js';
export { findSecrets } from './secrets/find-secrets.js';
export type { Identity, IssueOptions, TestAuthority } from './tls/test-authority.js';
export { testAuthority } from './tls/test-authority.js';
