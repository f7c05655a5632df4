import 'reflect-metadata/lite';

export { composePipeline } from './compose-pipeline.js';
export type { Plugin, Provider, Registry, Resolver } from './registry.js';
export { createRegistry } from './registry.js';
export { systemServices } from './system-services.js';
export type { ListToken, Token } from './token.js';
export { listToken, token } from './token.js';
export * from './tokens.js';
