import { createHash } from 'node:crypto';

/** A Lua script, and the hash by which a server that has seen it knows it. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

const script = (text: string): Script => ({
  text,
  sha: createHash('sha1').update(text).digest('hex'),
});

/** A row is a hash of version and value; KEYS[1] is its key. */
export const READ = script(`
local row = redis.call('HMGET', KEYS[1], 'version', 'value')
if not row[1] then return {} end
return row
`);

/**
 * A new row's version is the server's time, so that it lies above every one that the id ever had: a
 * late holder never takes the next grant for the one that it saw.
 */
const WRITE = `
local function write(value)
  if redis.call('EXISTS', KEYS[1]) == 0 then
    local now = redis.call('TIME')
    redis.call('HSET', KEYS[1], 'version', string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000)))
  else
    redis.call('HINCRBY', KEYS[1], 'version', 1)
  end
  redis.call('HSET', KEYS[1], 'value', value)
end
`;

export const PUT = script(`${WRITE}
write(ARGV[1])
return 1
`);

/** ARGV: the version seen, and the value unless the row is to be removed. */
export const SWAP = script(`${WRITE}
local row = redis.call('HMGET', KEYS[1], 'version', 'value')
if (row[1] or '0') ~= ARGV[1] then
  -- Done already, when the first answer got lost; values are never equal by chance.
  return (ARGV[2] and row[2] == ARGV[2]) and 1 or 0
end
if ARGV[2] then write(ARGV[2]) else redis.call('DEL', KEYS[1]) end
return 1
`);

export const REMOVE = script(`return redis.call('DEL', KEYS[1])`);

/** KEYS[1] is the lease's key. Answers -1 when it is held now, else the ms that another holder has left. */
export const ACQUIRE = script(`
if redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2]) then return -1 end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return redis.call('PTTL', KEYS[1]) end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return -1
`);

/** A value that ends by itself is a string. ARGV: the value, and how long it lasts, in ms. */
export const PUT_PENDING = script(`return redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])`);

export const READ_PENDING = script(`return redis.call('GET', KEYS[1])`);

/** Not GETDEL, which Redis 6.0 has not. */
export const TAKE_PENDING = script(`
local value = redis.call('GET', KEYS[1])
if value then redis.call('DEL', KEYS[1]) end
return value
`);

export const RELEASE = script(`
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
`);
