import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

/** Where a run leaves its pictures; git ignores it. */
export const SCREENSHOTS = fileURLToPath(new URL('../../.screenshots/', import.meta.url));

interface View {
  readonly width: number;
  readonly colorScheme: 'light' | 'dark';
}

/** Each width and each scheme; all pages share one style. */
const VIEWS: readonly View[] = [
  { width: 320, colorScheme: 'light' },
  { width: 1280, colorScheme: 'dark' },
];

const OTHER_VIEWS: readonly View[] = [
  { width: 320, colorScheme: 'dark' },
  { width: 1280, colorScheme: 'light' },
];

/** What is wrong with a page for somebody: none is the aim. */
interface Fault {
  readonly page: string;
  readonly what: string;
}

/**
 * Looks at pages as people do: small and large, light and dark, with a picture of each. It looks at a copy
 * where scripts run, since axe is one; the pages' own markup and style are all that there is to them.
 */
export class Gallery {
  readonly faults: Fault[] = [];
  readonly seen = new Set<string>();
  readonly #page: Page;
  readonly #axe: string;

  private constructor(page: Page, axe: string) {
    this.#page = page;
    this.#axe = axe;
  }

  static async open(browser: Browser): Promise<Gallery> {
    await mkdir(SCREENSHOTS, { recursive: true });
    const axe = await readFile(
      createRequire(import.meta.url).resolve('axe-core/axe.min.js'),
      'utf8',
    );
    return new Gallery(await browser.newPage(), axe);
  }

  /** Once for each name; `closely`: in each scheme at each width. */
  async look(original: Page, name: string, how?: 'closely'): Promise<void> {
    if (this.seen.has(name)) return;
    this.seen.add(name);
    const copy = this.#page;
    await copy.setContent(await original.content());
    await copy.evaluate(this.#axe);
    for (const view of how === 'closely' ? [...VIEWS, ...OTHER_VIEWS] : VIEWS) {
      const { width, colorScheme } = view;
      await copy.setViewportSize({ width, height: width === 320 ? 640 : 800 });
      await copy.emulateMedia({ colorScheme });
      const picture = `${name}-${width}-${colorScheme}`;
      const { violations, needed } = await copy.evaluate(inspect);
      for (const what of violations) this.faults.push({ page: picture, what });
      if (needed > width) {
        this.faults.push({ page: picture, what: `scrolls sideways: ${needed} px wide` });
      }
      await copy.screenshot({ path: join(SCREENSHOTS, `${picture}.png`), fullPage: true });
    }
  }
}

declare const axe: { run(options: RunOptions): Promise<AxeResults> };

/** In the page. */
const inspect = async (): Promise<{ violations: string[]; needed: number }> => {
  const { violations } = await axe.run({ resultTypes: ['violations'], preload: false });
  return {
    violations: violations.map(
      ({ id, help, nodes }) => `${id}: ${help} (${nodes.map(({ html }) => html).join(' ')})`,
    ),
    needed: document.documentElement.scrollWidth,
  };
};
