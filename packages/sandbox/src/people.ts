/** Somebody who can act: a person or a service account. */
export interface Account {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  /** Data Center's names for the same account; it has no accountId. */
  readonly username: string;
  readonly userKey: string;
}

/** One seeded person of the sandbox. Every secret here is a fake of the sandbox's own. */
export interface Person extends Account {
  /** Classic API token: Basic `email:token`, honoured on the site only. */
  readonly apiToken: string;
  /** Scoped API token: Basic `email:token`, honoured on the gateway only. */
  readonly scopedToken: string;
  /** Personal access token: Bearer, honoured on Data Center only. */
  readonly personalAccessToken: string;
  /** For the log-in page of the OAuth servers, and for Basic on Data Center. */
  readonly password: string;
}

export type PersonName = 'admin' | 'editor' | 'reader' | 'outsider';

/** Who lives here; the same in every sandbox, so that a `.env` survives a restart. */
export const people: Readonly<Record<PersonName, Person>> = {
  admin: {
    accountId: '712020:0b8e3c52-5a4f-4f0e-9d3b-6f1c2a7d9e01',
    displayName: 'Mira Holm',
    email: 'mira.holm@halden.example',
    username: 'mholm',
    userKey: '8a7f808a90f1a1b20190f1a1c3d40001',
    apiToken: 'canary-sandbox-classic-token-mira',
    scopedToken: 'canary-sandbox-scoped-token-mira',
    personalAccessToken: 'canary-sandbox-pat-mira',
    password: 'canary-sandbox-password-mira',
  },
  editor: {
    accountId: '712020:4c1d7a90-8e26-4b57-a1f4-2d9b3e5c6f02',
    displayName: 'Jonas Weber',
    email: 'jonas.weber@halden.example',
    username: 'jweber',
    userKey: '8a7f808a90f1a1b20190f1a1c3d40002',
    apiToken: 'canary-sandbox-classic-token-jonas',
    scopedToken: 'canary-sandbox-scoped-token-jonas',
    personalAccessToken: 'canary-sandbox-pat-jonas',
    password: 'canary-sandbox-password-jonas',
  },
  reader: {
    accountId: '712020:9f2b6e14-3c78-4d05-b6a9-7e0d1f4a8b03',
    displayName: 'Priya Nair',
    email: 'priya.nair@halden.example',
    username: 'pnair',
    userKey: '8a7f808a90f1a1b20190f1a1c3d40003',
    apiToken: 'canary-sandbox-classic-token-priya',
    scopedToken: 'canary-sandbox-scoped-token-priya',
    personalAccessToken: 'canary-sandbox-pat-priya',
    password: 'canary-sandbox-password-priya',
  },
  outsider: {
    accountId: '712020:e5a07d38-1b69-4c82-8f5e-0a3c9d2b7e04',
    displayName: 'Tom Okafor',
    email: 'tom.okafor@contractor.example',
    username: 'tokafor',
    userKey: '8a7f808a90f1a1b20190f1a1c3d40004',
    apiToken: 'canary-sandbox-classic-token-tom',
    scopedToken: 'canary-sandbox-scoped-token-tom',
    personalAccessToken: 'canary-sandbox-pat-tom',
    password: 'canary-sandbox-password-tom',
  },
};

const everybody: readonly Person[] = Object.values(people);

/** What apps of Halden's own act as; nobody logs in with it. */
export const serviceAccount: Account = {
  accountId: '712020:c7d4a1f6-9b38-4e52-8a0d-5f2e6b7c1d05',
  displayName: 'Wiki gardener',
  email: 'wiki-gardener@serviceaccount.halden.example',
  username: 'wiki-gardener',
  userKey: '8a7f808a90f1a1b20190f1a1c3d40005',
};

/** The account with this id, if there is one. */
export const accountById = (accountId: string): Account | undefined =>
  [...everybody, serviceAccount].find((account) => account.accountId === accountId);

/** The person with this account id, if there is one. */
export const personById = (accountId: string): Person | undefined =>
  everybody.find((person) => person.accountId === accountId);

/** The person with this name at Data Center. */
export const personByUsername = (username: string): Person | undefined =>
  everybody.find((person) => person.username === username);

export const personByPersonalAccessToken = (token: string): Person | undefined =>
  everybody.find((person) => person.personalAccessToken === token);

/** The person with this email, in any case: Atlassian compares emails that way. */
export const personByEmail = (email: string): Person | undefined =>
  everybody.find((person) => person.email === email.trim().toLowerCase());

/** Finds a person by role (`editor`), email, account id or display name. */
export function findPerson(name: string): Person | undefined {
  if (Object.hasOwn(people, name)) return people[name as PersonName];
  const wanted = name.trim().toLowerCase();
  return everybody.find((person) =>
    [person.email, person.accountId, person.displayName.toLowerCase()].includes(wanted),
  );
}

export const isAdmin = (accountId: string | undefined): boolean =>
  accountId === people.admin.accountId;
