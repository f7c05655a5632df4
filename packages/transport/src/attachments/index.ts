export type { RequestsConfluence } from '../answers/requests-confluence.js';
export { AttachmentChangedError } from './attachment-changed-error.js';
export type { AttachmentContent } from './content.js';
export {
  type AttachmentDownload,
  type DownloadAttachmentOptions,
  downloadAttachment,
} from './download-attachment.js';
export type { Deployment, Progress } from './progress.js';
export {
  type UploadAttachmentOptions,
  type UploadedAttachment,
  uploadAttachment,
} from './upload-attachment.js';
