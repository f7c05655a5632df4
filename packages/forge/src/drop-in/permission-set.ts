type Scopes = string[] | { [scope: string]: { allowImpersonation?: boolean } };

interface EgressPermission {
  address: string;
  category?: 'analytics';
  inScopeEUD?: boolean;
}

type Host = string | EgressPermission;

/** `permissions.external` of a manifest. */
export interface External {
  fetch?: {
    backend?: (Host | { remote: string })[];
    client?: (Host | { remote: string })[];
  };
  fonts?: Host[];
  frames?: Host[];
  navigation?: Host[];
  images?: Host[];
  media?: Host[];
  scripts?: Host[];
  styles?: Host[];
  configurable?: { enabled: boolean };
}

/** A host as text, whichever of the manifest's forms it has. */
export const hostText = (host: string | { address: string } | { remote: string }): string => {
  if (typeof host === 'string') return host;
  return 'address' in host ? host.address : host.remote;
};

const capitalised = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const listed = (title: string, hosts: unknown): string[] =>
  Array.isArray(hosts) && hosts.length > 0 ? [`${title}: ${hosts.map(hostText).join(', ')}`] : [];

const externalLines = (external: External): string[] =>
  Object.entries(external).flatMap(([kind, hosts]) =>
    kind === 'fetch'
      ? Object.entries(hosts ?? {}).flatMap(([side, list]) =>
          listed(`Fetch ${capitalised(side)}`, list),
        )
      : listed(capitalised(kind), hosts),
  );

/** Scopes and hosts: what an app was granted, asks for or lacks. */
export interface Permissions {
  scopes?: Scopes;
  external?: External;
  /** For people: `Scopes: read:page:confluence; External: Fetch Backend: example.com`. */
  format(): string;
}

const formatted = (scopes: Scopes | undefined, external: External | undefined): string => {
  const granted =
    Array.isArray(scopes) && scopes.length > 0 ? [`Scopes: ${scopes.join(', ')}`] : [];
  const lines = external ? externalLines(external) : [];
  const hosts = lines.length > 0 ? [`External: ${lines.join('; ')}`] : [];
  return [...granted, ...hosts].join('; ') || 'No permissions specified';
};

/** What the installed app was granted. */
export class RuntimePermissions implements Permissions {
  scopes: Scopes;
  external: External;

  constructor(scopes: Scopes, external: External) {
    this.scopes = scopes;
    this.external = external;
  }

  format(): string {
    return formatted(this.scopes, this.external);
  }
}

/** What of the required it was not. */
export class MissingPermissions {
  scopes?: Scopes | undefined;
  external?: External | undefined;

  constructor(scopes?: Scopes | undefined, external?: External | undefined) {
    this.scopes = scopes;
    this.external = external;
  }

  format(): string {
    return formatted(this.scopes, this.external);
  }
}
