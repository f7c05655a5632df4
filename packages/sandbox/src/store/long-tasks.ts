import type { Database } from '../database.js';

export interface LongTaskRow {
  readonly id: number;
  readonly name: string;
  readonly account_id: string;
  readonly looks: number;
  readonly created_at: number;
}

export const insertLongTask = (
  database: Database,
  task: { readonly name: string; readonly accountId: string; readonly now: number },
): number =>
  database.run(
    'INSERT INTO long_tasks (name, account_id, looks, created_at) VALUES (:name, :account, 0, :now)',
    { name: task.name, account: task.accountId, now: task.now },
  );

/** A task of this account, and one look more at it. */
export function lookAtLongTask(
  database: Database,
  id: number,
  accountId: string,
): LongTaskRow | undefined {
  database.run('UPDATE long_tasks SET looks = looks + 1 WHERE id = :id', { id });
  return database.get<LongTaskRow>(
    'SELECT * FROM long_tasks WHERE id = :id AND account_id = :account',
    { id, account: accountId },
  );
}
