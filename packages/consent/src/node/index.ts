export {
  type ConsentListenerOptions,
  consentListener,
  type NodeListener,
  type NodeListenerOptions,
  nodeListener,
} from './listener.js';
export { nodeRequest } from './node-request.js';
