export type { RequestsConfluence } from '../answers/requests-confluence.js';
export type { LongTask } from './long-task.js';
export { LongTaskError } from './long-task-error.js';
export { type WaitForLongTaskOptions, waitForLongTask } from './wait-for-long-task.js';
