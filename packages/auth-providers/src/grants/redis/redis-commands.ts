/** What is used of a node-redis client, pool or sentinel. */
export interface RedisCommands {
  eval(script: string, options: ScriptOptions): Promise<unknown>;
  evalSha(sha: string, options: ScriptOptions): Promise<unknown>;
  scan(
    cursor: string,
    options: { readonly MATCH: string; readonly COUNT: number },
  ): Promise<{ readonly cursor: unknown; readonly keys: readonly unknown[] }>;
  info(section: string): Promise<unknown>;
}

/** What is used of a node-redis cluster. */
export interface RedisClusterCommands extends Pick<RedisCommands, 'eval' | 'evalSha'> {
  readonly masters: readonly unknown[];
  nodeClient(master: never): Promise<RedisCommands>;
}

export interface ScriptOptions {
  keys: string[];
  arguments: string[];
}

export type RedisConnection = RedisCommands | RedisClusterCommands;

/** Each server that holds a part of the keys. */
export const nodesOf = async (connection: RedisConnection): Promise<readonly RedisCommands[]> => {
  if (!('masters' in connection)) return [connection];
  return Promise.all(connection.masters.map((master) => connection.nodeClient(master as never)));
};
