/** A Confluence site, as plain data: a call carries it, so that one chain can serve many tenants. */
export interface Site {
  /** Said by whoever configures the site, never guessed from its URL. */
  readonly deployment: 'cloud' | 'data-center';
  /** Normalised href ending in `/`; for Data Center with its context path. */
  readonly url: string;
  /** Cloud only: the site's id, where it is known beforehand. */
  readonly cloudId?: string;
  /** Cloud only: the API gateway, normalised href ending in `/`. Default `https://api.atlassian.com/`. */
  readonly gateway?: string;
}
