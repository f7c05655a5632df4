import { escapeControl } from '@tributary/pipeline';
import { isRecord, type Json } from '../answers/read-json.js';

/** A long-running task, as Confluence describes it. */
export interface LongTask {
  readonly id: string;
  /** 0 to 100. */
  readonly percentageComplete: number;
  readonly isFinished: boolean;
  readonly isSuccessful: boolean;
  /** Ms, where the task says so. */
  readonly elapsedTime: number | undefined;
  /** The task's own words, control characters escaped. */
  readonly messages: readonly string[];
  /** The whole answer. */
  readonly body: Json;
}

const LONGEST_MESSAGE = 1000;

const wordsOf = (message: unknown): readonly string[] => {
  const text = isRecord(message) ? (message.translation ?? message.key) : message;
  return typeof text === 'string' ? [escapeControl(text.slice(0, LONGEST_MESSAGE))] : [];
};

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/**
 * Reads a task (REST v1, "Get long-running task"). Data Center has no `finished`: there a task has ended
 * when it was successful or is complete.
 */
export const readLongTask = (id: string, body: Json): LongTask => {
  const { percentageComplete, successful, finished, elapsedTime } = body;
  const percentage = typeof percentageComplete === 'number' ? percentageComplete : 0;
  const isSuccessful = successful === true;
  return {
    id,
    percentageComplete: Math.min(100, Math.max(0, percentage)),
    isFinished: typeof finished === 'boolean' ? finished : isSuccessful || percentage >= 100,
    isSuccessful,
    elapsedTime: typeof elapsedTime === 'number' ? elapsedTime : undefined,
    messages: [...listOf(body.errors), ...listOf(body.messages)].flatMap(wordsOf),
    body,
  };
};
