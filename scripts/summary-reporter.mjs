import { fileURLToPath } from 'node:url';
import { watchRun } from './canary/watch-run.mjs';

const WATCH = fileURLToPath(new URL('./canary/watch.mjs', import.meta.url));

/**
 * Ends a run with one plain line, so that whoever reads only the last line knows the result. A secret of
 * the fixtures that came to light anywhere is a failure too.
 */
export default class SummaryReporter {
  onInit(vitest) {
    // In every project, also in one that is added and does not know of it.
    for (const { config } of vitest.projects) config.setupFiles.push(WATCH);
    this.root = vitest.config.root;
  }

  /** In each round, where the files are watched. */
  async onTestRunStart() {
    this.searchRun = await watchRun(this.root);
  }

  onTestRunEnd(modules, unhandledErrors) {
    const count = { passed: 0, failed: unhandledErrors.length, skipped: 0 };
    const errors = [...unhandledErrors];
    for (const module of modules) {
      count.failed += module.errors().length;
      errors.push(...module.errors());
      for (const test of module.children.allTests()) {
        const { state, errors: own = [] } = test.result();
        errors.push(...own);
        count[state === 'passed' || state === 'failed' ? state : 'skipped'] += 1;
      }
    }
    const { leaks, counts } = this.searchRun(errors);
    for (const { place, encoding, before } of leaks) {
      process.stdout.write(`A secret came to light in ${place} (${encoding}), after: ${before}\n`);
    }
    if (leaks.length > 0) process.exitCode = 1;
    const searched = Object.entries(counts).map(([kind, found]) => `${found} ${kind}`);
    process.stdout.write(`Searched for secrets: ${searched.join(', ')}; found ${leaks.length}\n`);
    const failed = count.failed + leaks.length;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    process.stdout.write(`${count.passed} passed, ${failed} failed${skipped}\n`);
  }
}
