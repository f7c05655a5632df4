import { anyone, type Database, level } from '../database.js';
import { type PersonName, people, serviceAccount } from '../people.js';
import { commentBody, pageBody } from './body.js';
import { customerHelp } from './customer-help.js';
import { engineering } from './engineering.js';
import type { Kind, SpaceOutline } from './outline.js';
import { peopleSpace } from './people-space.js';
import { seededRandom } from './random.js';
import { weighingArchive } from './weighing-archive.js';

const day = 86_400_000;

interface Seeding {
  readonly database: Database;
  readonly random: () => number;
  readonly now: number;
  nextPage: number;
  nextComment: number;
}

/** Pages of the three spaces. */
export const SEEDED_PAGES = 200;

/**
 * Fills empty tables with a believable company wiki: 3 spaces, 200 pages, comments, labels; and where
 * more `pages` are wanted, an archive with the rest.
 */
export function seed(database: Database, now: number, pages: number): void {
  const seeding: Seeding = {
    database,
    random: seededRandom(20_261),
    now,
    nextPage: 98_305,
    nextComment: 1_310_721,
  };
  database.atomically(() => {
    for (const outline of [engineering, peopleSpace, customerHelp]) seedSpace(seeding, outline);
    seedAudit(seeding);
    // Last, so that the rest is the same without it.
    if (pages > SEEDED_PAGES) seedSpace(seeding, weighingArchive(pages - SEEDED_PAGES));
  });
}

function seedSpace(seeding: Seeding, outline: SpaceOutline): void {
  const { database, now } = seeding;
  database.run(
    `INSERT INTO spaces VALUES (:id, :key, :name, :description, :homepage, :author, :created)`,
    {
      id: outline.id,
      key: outline.key,
      name: outline.name,
      description: outline.description,
      homepage: seeding.nextPage,
      author: people.admin.accountId,
      created: now - 2_000 * day,
    },
  );
  for (const [who, right] of Object.entries(outline.rights)) {
    database.run(`INSERT INTO space_rights VALUES (:space, :subject, :level)`, {
      space: outline.id,
      subject: subjectOf(who),
      level: level[right],
    });
  }
  const home = seedPage(seeding, outline, null, 0, `${outline.name} home`, 'guide', []);
  outline.sections.forEach((section, place) => {
    const { title, kind, labels, pages } = section;
    const parent = seedPage(seeding, outline, home, place, title, kind, []);
    pages.forEach((page, index) => {
      seedPage(seeding, outline, parent, index, page, kind, labels);
    });
  });
}

function subjectOf(who: string): string {
  if (who === 'anyone') return anyone;
  return who === 'service' ? serviceAccount.accountId : people[who as PersonName].accountId;
}

function seedPage(
  seeding: Seeding,
  outline: SpaceOutline,
  parent: number | null,
  position: number,
  title: string,
  kind: Kind,
  labels: readonly string[],
): number {
  const { database, random, now } = seeding;
  const id = seeding.nextPage;
  seeding.nextPage += 3;
  const modified = now - daysSinceTouched(random) * day - Math.floor(random() * day);
  const author = random() < 0.45 ? people.admin.accountId : people.editor.accountId;
  database.run(
    `INSERT INTO pages (id, space_id, parent_id, position, title, body, author_id, created_at, version, modified_at, modified_by)
     VALUES (:id, :space, :parent, :position, :title, :body, :author, :created, :version, :modified, :author)`,
    {
      id,
      space: outline.id,
      parent,
      position,
      title,
      body: pageBody(random, kind, title),
      author,
      created: modified - Math.floor((10 + random() * 380) * day),
      version: 1 + Math.floor(random() * 8),
      modified,
    },
  );
  for (const [operation, who] of Object.entries(outline.restricted[title] ?? {})) {
    for (const name of who) {
      database.run(`INSERT INTO restrictions VALUES (:page, :operation, :account)`, {
        page: id,
        operation,
        account: people[name].accountId,
      });
    }
  }
  const also = random() < 0.12 ? ['needs-review'] : [];
  for (const name of [...labels, ...also]) seedLabel(database, id, name);
  const comments = random() < 0.3 ? 1 + Math.floor(random() * 3) : 0;
  for (let count = 0; count < comments; count += 1) seedComment(seeding, id, modified);
  return id;
}

// A wiki that has been lived in: a third of it is younger than three months, a third older than a year.
function daysSinceTouched(random: () => number): number {
  const dice = random();
  const [from, to] =
    dice < 0.15 ? [0, 14] : dice < 0.35 ? [14, 90] : dice < 0.65 ? [90, 365] : [365, 1_400];
  return Math.floor(from + random() * (to - from));
}

function seedLabel(database: Database, page: number, name: string): void {
  database.run(`INSERT OR IGNORE INTO labels (prefix, name) VALUES ('global', :name)`, { name });
  database.run(
    `INSERT INTO page_labels SELECT :page, id FROM labels WHERE prefix = 'global' AND name = :name`,
    { page, name },
  );
}

function seedComment(seeding: Seeding, page: number, modified: number): void {
  const { database, random, now } = seeding;
  database.run(
    `INSERT INTO comments (id, page_id, body, author_id, created_at) VALUES (:id, :page, :body, :author, :created)`,
    {
      id: seeding.nextComment,
      page,
      body: commentBody(random),
      author: random() < 0.5 ? people.editor.accountId : people.admin.accountId,
      created: modified + Math.floor(random() * (now - modified)),
    },
  );
  seeding.nextComment += 3;
}

const past: readonly (readonly [category: string, summary: string, name: string, type: string])[] =
  [
    ['Permissions', 'Space permission added', 'Customer Help', 'Space'],
    ['Users and groups', 'User added to group', 'confluence-users', 'Group'],
    ['Security', 'API token created', 'Mira Holm', 'User'],
    ['Pages', 'Content restriction added', 'Salary bands', 'Page'],
    ['Spaces', 'Space configuration updated', 'Engineering', 'Space'],
    ['Import/Export', 'Space exported', 'Engineering', 'Space'],
    ['Global administration', 'Global settings changed', 'Halden wiki', 'Site'],
    ['Pages', 'Page deleted', 'Old org chart', 'Page'],
    ['Users and groups', 'User removed from group', 'confluence-admins', 'Group'],
    ['Permissions', 'Anonymous access granted', 'Customer Help', 'Space'],
  ];

function seedAudit(seeding: Seeding): void {
  for (let count = 0; count < 40; count += 1) {
    const entry = past[count % past.length];
    if (entry === undefined) continue;
    const [category, summary, name, type] = entry;
    seeding.database.run(
      `INSERT INTO audit (created_at, author_id, category, summary, object_name, object_type)
       VALUES (:created, :author, :category, :summary, :name, :type)`,
      {
        created: seeding.now - (40 - count) * 2 * day - Math.floor(seeding.random() * day),
        author: people.admin.accountId,
        category,
        summary,
        name,
        type,
      },
    );
  }
}
