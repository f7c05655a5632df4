import { type Api, assumeTrustedRoute, ensureOk, type Route, route } from '@tributary/api';

export interface StalePage {
  readonly id: string;
  readonly title: string;
  readonly space: string;
  readonly days: number;
}

interface Paged<T> {
  readonly results: readonly T[];
  readonly _links?: { readonly next?: string };
}

interface Space {
  readonly id: string;
  readonly key: string;
}

interface Page {
  readonly id: string;
  readonly title: string;
  readonly spaceId: string;
  readonly version?: { readonly createdAt?: string };
}

const DAY = 86_400_000;

/** More than that is a job for a batch, not for a report that somebody waits for. */
const MAX_PAGES = 1000;

/** Follows v2's cursors: `_links.next` comes from Confluence itself, so it is trusted, knowingly. */
async function* items<T>(api: Api, first: Route): AsyncGenerator<T> {
  let next: Route | undefined = first;
  while (next !== undefined) {
    const response: Response = await ensureOk(api.asApp().requestConfluence(next));
    const { results, _links }: Paged<T> = await response.json();
    yield* results;
    next =
      _links?.next === undefined
        ? undefined
        : assumeTrustedRoute(_links.next, { template: first.template });
  }
}

const spaceKeys = async (api: Api): Promise<ReadonlyMap<string, string>> => {
  const keys = new Map<string, string>();
  for await (const space of items<Space>(api, route`/wiki/api/v2/spaces?limit=${250}`)) {
    keys.set(space.id, space.key);
  }
  return keys;
};

/** As the app: every page it may see that nobody changed for `staleDays`, stalest first. */
export const findStalePages = async (
  api: Api,
  staleDays: number,
  now = Date.now(),
): Promise<{ readonly stale: readonly StalePage[]; readonly seen: number }> => {
  const keys = await spaceKeys(api);
  const stale: StalePage[] = [];
  let seen = 0;
  const oldestFirst = route`/wiki/api/v2/pages?sort=${'modified-date'}&limit=${100}`;
  for await (const page of items<Page>(api, oldestFirst)) {
    const days = Math.floor((now - Date.parse(page.version?.createdAt ?? '')) / DAY);
    // Oldest first, so that the first fresh page ends the search.
    if (days < staleDays || seen >= MAX_PAGES) break;
    seen += 1;
    stale.push({ id: page.id, title: page.title, space: keys.get(page.spaceId) ?? '?', days });
  }
  return { stale, seen };
};

/** The first `count` pages of each space, in the order that they have. */
export const firstOfEachSpace = (
  pages: readonly StalePage[],
  count: number,
): readonly StalePage[] => {
  const taken = new Map<string, number>();
  return pages.filter(({ space }) => {
    const before = taken.get(space) ?? 0;
    taken.set(space, before + 1);
    return before < count;
  });
};
