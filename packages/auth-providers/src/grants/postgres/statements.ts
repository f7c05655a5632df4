import { ConfigError } from '@tributary/pipeline';

/** NAMEDATALEN is 64 bytes with its end, and the index has the longest name. */
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,49}$/;

const requireName = (field: string, name: unknown): string => {
  if (typeof name === 'string' && NAME.test(name)) return name;
  throw new ConfigError(
    field,
    'must be a plain name: a letter or _, then letters, digits or _, at most 50',
  );
};

/** @throws ConfigError for a name that is none. */
export const statements = (table: unknown, schema: unknown) => {
  const name = requireName('table', table);
  const within = schema === undefined ? '' : `"${requireName('schema', schema)}".`;
  const rows = `${within}"${name}"`;
  const leases = `${within}"${name}_leases"`;
  const pending = `${within}"${name}_pending"`;
  // Above every version that the id ever had, so that a late holder never takes the next grant for
  // the one that it saw.
  const first = `(extract(epoch from clock_timestamp()) * 1000)::bigint`;
  const end = `clock_timestamp() + $3 * interval '1 millisecond'`;

  return {
    /** Whether the tables are there: creating needs a right that an app may not have. */
    exists: {
      text: 'select bool_and(to_regclass(name) is not null) as ok from unnest($1::text[]) as name',
      values: [[rows, leases, pending]],
    },
    /** One transaction, in which racing processes wait for each other. */
    create: `
      select pg_advisory_xact_lock(hashtext('tributary grants'));
      create table if not exists ${rows}
        (id text collate "C" primary key, version bigint not null, value text not null);
      create table if not exists ${leases}
        (id text collate "C" primary key, holder text not null, ends timestamptz not null);
      create table if not exists ${pending}
        (id text collate "C" primary key, value text not null, ends timestamptz not null);
      create index if not exists "${name}_pending_ends" on ${pending} (ends);`,
    read: `select version, value from ${rows} where id = $1`,
    put: `
      insert into ${rows} as r (id, version, value) values ($1, ${first}, $2)
      on conflict (id) do update set version = r.version + 1, value = excluded.value`,
    insert: `
      insert into ${rows} (id, version, value) values ($1, ${first}, $2) on conflict (id) do nothing`,
    update: `update ${rows} set version = version + 1, value = $3 where id = $1 and version = $2`,
    isStored: `select 1 from ${rows} where id = $1 and value = $2`,
    removeVersion: `delete from ${rows} where id = $1 and version = $2`,
    remove: `delete from ${rows} where id = $1`,
    ids: `
      select id from ${rows}
      where id > $2 and id >= $1 and id < $1 || E'\\x7f' and starts_with(id, $1)
      order by id limit $3`,
    acquire: `
      with taken as (
        insert into ${leases} as l (id, holder, ends) values ($1, $2, ${end})
        on conflict (id) do update set holder = excluded.holder, ends = excluded.ends
          where l.holder = excluded.holder or l.ends <= clock_timestamp()
        returning 1)
      select exists (select from taken) as held,
        (select extract(epoch from ends - clock_timestamp()) * 1000 from ${leases} where id = $1)
          as remaining`,
    release: `delete from ${leases} where id = $1 and holder = $2`,
    putPending: `
      insert into ${pending} (id, value, ends) values ($1, $2, ${end})
      on conflict (id) do update set value = excluded.value, ends = excluded.ends`,
    readPending: `select value from ${pending} where id = $1 and ends > clock_timestamp()`,
    takePending: `
      delete from ${pending} where id = $1 and ends > clock_timestamp() returning value`,
    removePending: `delete from ${pending} where id = $1`,
    /** Some at a time, and none that another process is just removing. */
    sweepPending: `
      delete from ${pending} where id in
        (select id from ${pending} where ends <= clock_timestamp() limit $1 for update skip locked)`,
  };
};

export type Statements = ReturnType<typeof statements>;
