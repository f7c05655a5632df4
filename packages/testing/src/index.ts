export {
  makeAttemptCall,
  makeAuthenticatedCall,
  makeCall,
  makeResolvedCall,
} from './calls/make-call.js';
export type { ConformanceCase } from './conformance/conformance-case.js';
export type {
  MiddlewareConformanceOptions,
  MiddlewareServices,
  MiddlewareSlot,
  SlotMiddleware,
} from './conformance/middleware/harness.js';
export { middlewareConformance } from './conformance/middleware/middleware-conformance.js';
export type { CollectedLogs, LogEntry } from './fakes/collect-logs.js';
export { collectLogs } from './fakes/collect-logs.js';
export type { FakeClock } from './fakes/fake-clock.js';
export { fakeClock } from './fakes/fake-clock.js';
export type { FakeAnswer, FakeTerminal } from './fakes/fake-terminal.js';
export { fakeTerminal } from './fakes/fake-terminal.js';
export { staticProvider } from './fakes/static-provider.js';
