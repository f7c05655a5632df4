import { down, isUp, restart, up } from './services/lifecycle.mjs';

/**
 * `up`, `down` and `status` of a Redis and a PostgreSQL server of this checkout's own, for tests and
 * benchmarks; `stop` and `start` of one of them (`redis`, `postgres`), for tests of what a restart does.
 */
const [command, name] = process.argv.slice(2);
const commands = {
  up,
  down,
  async status() {
    const isRunning = await isUp();
    console.error(isRunning ? 'Redis and PostgreSQL are up.' : 'Redis and PostgreSQL are down.');
    if (!isRunning) process.exitCode = 1;
  },
  stop: () => restart.stop(name),
  start: () => restart.start(name),
};

if (commands[command] === undefined) {
  console.error('Usage: node scripts/services.mjs up | down | status | stop NAME | start NAME');
  process.exitCode = 1;
} else {
  try {
    await commands[command]();
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
