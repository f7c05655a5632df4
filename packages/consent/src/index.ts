export { type ConsentOptions, consent } from './consent.js';
export { type RunWithConsentOptions, runWithConsent } from './run-with-consent.js';
