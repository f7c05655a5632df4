export type { ConsentHandler } from './boundary.js';
export type { RunAgain } from './resume.js';
export type { WebConsentOptions } from './settings.js';
export { type ConsentPages, type FetchHandler, webConsent } from './web-consent.js';
