import { TributaryError, type TributaryErrorOptions } from '@tributary/pipeline';

/** More calls wait for one site than may wait; this one was not sent. */
export class QueueFullError extends TributaryError {
  override name = 'QueueFullError';

  constructor(
    waiting: number,
    options: Pick<TributaryErrorOptions, 'attempts' | 'waitedMs' | 'template'>,
  ) {
    super(
      `${waiting} calls to this site wait for a permit already; begin fewer at a time, or give \`budget\` a larger \`maxQueue\`.`,
      { code: 'QUEUE_FULL', retryable: true, ...options },
    );
  }
}
