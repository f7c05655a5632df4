export { AttachmentChangedError } from './attachment-changed-error.js';
