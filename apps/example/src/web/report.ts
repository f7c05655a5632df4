import { type Api, ensureOk, ResponseError, route } from '@tributary/api';
import { findStalePages, firstOfEachSpace, type StalePage } from '../app/stale-pages.js';

/** How many of each space's stalest pages are listed. */
const LISTED_PER_SPACE = 4;

/** A list that somebody clicks in needn't be newer. */
const FRESH_MS = 60_000;

export interface ReportOptions {
  readonly api: Api;
  readonly staleDays: number;
  /** A page to list whether it is stale or not. */
  readonly alsoListed?: string;
}

/** The list of stale pages, read as the app, for everybody who looks at it within a minute. */
export class Report {
  readonly staleDays: number;
  readonly #options: ReportOptions;
  #read: { readonly at: number; readonly pages: Promise<readonly StalePage[]> } | undefined;

  constructor(options: ReportOptions) {
    this.#options = options;
    this.staleDays = options.staleDays;
  }

  pages(): Promise<readonly StalePage[]> {
    const now = Date.now();
    if (this.#read === undefined || now - this.#read.at > FRESH_MS) {
      const read = { at: now, pages: this.#load() };
      this.#read = read;
      read.pages.catch(() => {
        if (this.#read === read) this.#read = undefined;
      });
    }
    return this.#read.pages;
  }

  /** Of those that are listed: a form may name no other. */
  async find(id: string): Promise<StalePage | undefined> {
    return (await this.pages()).find((page) => page.id === id);
  }

  async #load(): Promise<readonly StalePage[]> {
    const { api, staleDays, alsoListed } = this.#options;
    const { stale } = await findStalePages(api, staleDays);
    const listed = firstOfEachSpace(stale, LISTED_PER_SPACE);
    if (alsoListed === undefined) return listed;
    const first = stale.find(({ id }) => id === alsoListed) ?? (await readPage(api, alsoListed));
    if (first === undefined) return listed;
    return [first, ...listed.filter(({ id }) => id !== alsoListed)];
  }
}

interface PageAnswer {
  readonly id: string;
  readonly title: string;
  readonly version?: { readonly createdAt?: string };
}

/** As the app; `undefined` where there is no such page, or none that the app may see. */
const readPage = async (api: Api, id: string): Promise<StalePage | undefined> => {
  try {
    const response = await ensureOk(
      api.asApp().requestConfluence<PageAnswer>(route`/wiki/api/v2/pages/${id}`),
    );
    const { title, version } = await response.json();
    const since = Date.now() - Date.parse(version?.createdAt ?? '');
    return { id, title, space: '', days: Math.floor(since / 86_400_000) };
  } catch (error) {
    if (error instanceof ResponseError && error.status === 404) return undefined;
    throw error;
  }
};
