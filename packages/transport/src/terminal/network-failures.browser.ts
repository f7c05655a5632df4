import { type NetworkFailure, UNKNOWN_FAILURE } from './network-failure.js';

/** Stands for network-failures.ts in browser bundles: a browser tells a page neither code nor system call. */
export const networkFailure = (): NetworkFailure => UNKNOWN_FAILURE;
