import { type NetworkFailure, UNKNOWN_FAILURE } from './network-failure.js';

const FAILURE: NetworkFailure = {
  ...UNKNOWN_FAILURE,
  advice: `a page is not told why, its console is (network, certificate, CORS); ${UNKNOWN_FAILURE.advice}`,
};

/** Stands for network-failures.ts in browser bundles: a browser tells a page neither code nor system call. */
export const networkFailure = (): NetworkFailure => FAILURE;
