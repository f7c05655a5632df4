import { TributaryError } from '@tributary/pipeline';

/** What is left of an attachment can't be read on: somebody uploaded another version meanwhile. */
export class AttachmentChangedError extends TributaryError {
  override name = 'AttachmentChangedError';

  constructor(message: string, options: { readonly template?: string } = {}) {
    super(message, { code: 'ATTACHMENT_CHANGED', sent: 'yes', retryable: true, ...options });
  }
}
