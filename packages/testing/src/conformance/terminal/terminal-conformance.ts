import type { ConformanceCase } from '../conformance-case.js';
import { ABORT_CASES } from './abort-cases.js';
import { ANSWER_CASES } from './answer-cases.js';
import { BODY_METHOD_CASES } from './body-method-cases.js';
import { CODING_CASES } from './coding-cases.js';
import { CONNECTION_CASES } from './connection-cases.js';
import {
  refusesForeignCredentials,
  refusesPathsThatLeave,
  sendsTheCallersOwn,
  sendsTheCredential,
  staysAtItsOrigin,
} from './credential-cases.js';
import {
  abortsBefore,
  abortsWhileReading,
  abortsWhileWaiting,
  keepsTheDeadline,
  leavesNoListener,
  leavesTheBodyTime,
  refusesAfterTheDeadline,
  reportsLostConnections,
  reportsRefusedConnections,
} from './end-cases.js';
import { openBench, type TerminalConformanceOptions } from './harness.js';
import { HEADER_CASES } from './header-cases.js';
import { HOP_CASES } from './hop-cases.js';
import {
  endsLoops,
  followsWithinTheBase,
  keepsBodiesAtHome,
  leavesCredentialsBehind,
  leavesCredentialsInTheBase,
  refusesRedirects,
  refusesStrangeTargets,
  returnsManualRedirects,
} from './redirect-cases.js';
import {
  sendsBodies,
  sendsForms,
  sendsHeaders,
  sendsMethodAndPath,
  sendsReplayableBodiesAgain,
} from './request-cases.js';
import { answersWithAResponse, decodesContent, returnsEveryStatus } from './response-cases.js';
import { showsNoSecret } from './secrecy-case.js';
import { STREAMING_CASES } from './streaming-cases.js';
import type { TerminalCase } from './terminal-case.js';
import { UPLOAD_CASES } from './upload-cases.js';

const CASES: readonly TerminalCase[] = [
  ['method and path arrive', sendsMethodAndPath],
  ['headers arrive', sendsHeaders],
  ['bodies of every kind arrive', sendsBodies],
  ['forms arrive, encoded anew per attempt', sendsForms],
  ['a replayable body can be sent again', sendsReplayableBodiesAgain],
  ['Authorization comes from the credential', sendsTheCredential],
  ["without a credential the caller's own Authorization is sent", sendsTheCallersOwn],
  ['a credential for another base is refused before any socket', refusesForeignCredentials],
  ['a path that leaves the base is refused before any socket', refusesPathsThatLeave],
  ['a path never changes the origin', staysAtItsOrigin],
  ['an abort beforehand sends nothing', abortsBefore],
  ['an abort ends a call that waits', abortsWhileWaiting],
  ['an abort ends a body that is read', abortsWhileReading],
  ['no listener is left on the signal', leavesNoListener],
  ['the deadline ends a call', keepsTheDeadline],
  ['after the deadline nothing is sent', refusesAfterTheDeadline],
  ['the deadline does not end a body', leavesTheBodyTime],
  ['a refused connection is reported as not sent', reportsRefusedConnections],
  ['a lost connection is reported as maybe sent', reportsLostConnections],
  ['redirect: manual returns the redirect', returnsManualRedirects],
  ['redirect: error refuses it', refusesRedirects],
  ['redirects within the base keep the credential', followsWithinTheBase],
  ['a redirect to another origin takes Accept, Range and no secret', leavesCredentialsBehind],
  ['a redirect out of the base takes no credential', leavesCredentialsInTheBase],
  ['a body does not leave its base by a redirect', keepsBodiesAtHome],
  ['endless redirects end', endsLoops],
  ['redirects to strange targets are refused', refusesStrangeTargets],
  ['the answer is a standard Response', answersWithAResponse],
  ['every status is returned', returnsEveryStatus],
  ['content is decoded', decodesContent],
  ['no secret is shown', showsNoSecret],
  ...BODY_METHOD_CASES,
  ...ANSWER_CASES,
  ...HEADER_CASES,
  ...CODING_CASES,
  ...UPLOAD_CASES,
  ...STREAMING_CASES,
  ...ABORT_CASES,
  ...CONNECTION_CASES,
  ...HOP_CASES,
];

/** What every terminal must keep to, against servers on loopback that the kit starts. */
export const terminalConformance = (
  options: TerminalConformanceOptions,
): readonly ConformanceCase[] =>
  CASES.map(([name, check]) => ({
    name: `terminal: ${name}`,
    run: async () => {
      await using bench = await openBench(options);
      await check(bench);
    },
  }));
