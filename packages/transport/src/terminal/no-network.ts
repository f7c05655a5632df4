/** Stands for undici/network.ts everywhere but on Node: requests go through the runtime's own fetch. */
export const openNetwork = undefined;
