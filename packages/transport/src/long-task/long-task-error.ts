import { hideField, TributaryError } from '@tributary/pipeline';
import type { LongTask } from './long-task.js';

/** A long-running task ended without success. */
export class LongTaskError extends TributaryError {
  override name = 'LongTaskError';
  /** The task as it ended. Not enumerable. */
  declare readonly task: LongTask;
  /** The task's own words. */
  readonly messages: readonly string[];

  constructor(
    message: string,
    options: { readonly task: LongTask; readonly template?: string | undefined },
  ) {
    super(message, { code: 'LONG_TASK_FAILED', sent: 'yes', template: options.template });
    this.messages = options.task.messages;
    hideField(this, 'task', options.task);
  }

  protected override details(): Record<string, unknown> {
    return { messages: this.messages };
  }
}
