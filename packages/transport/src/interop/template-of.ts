/** The words that paths of the products' APIs are made of; whatever else stands in one is somebody's data. */
const WORDS: ReadonlySet<string> = new Set(
  `_private access-removals admin-key analytics ancestors anonymous api app archive async atlassian-connect
  attachment attachments audit available blogposts blueprint bulk by-id byGroupId byOperation check
  check-access-by-email child child-created children classification-level classification-levels combinations
  comment comments content content-states contentbody convert convert-ids-to-types copy count created current
  custom custom-content data data-policies databases default descendant descendants direct-children download
  dynamic email embeds export folders footer-comments from group groups history id info inline-comments
  instance invite-by-email label labels likes longtask lookandfeel macro memberof membersByGroupId metadata
  move notification operation operations page pageTree pagehierarchy pages permission permissions picker
  properties property redact relation reset rest restriction restrictions retention role-assignments search
  selected settings since space space-permissions space-role-mode space-roles spaces state systemInfo tasks
  template theme thumbnail title to transition user userByGroupId users users-bulk v1 v2 version versions
  view viewers views watch whiteboards wiki
  2 2.0 3 agile app board branches comment commit commits connected-data field graphql issue issues jql myself
  priority project projectKeys pullrequests refs repositories report-accounts resolution sprint src status
  statuses tags transitions twg worklog workspaces`.split(/\s+/),
);

/** `/wiki/api/v2/pages/42` as logs may show it: `/wiki/api/v2/pages/{}`. */
export const templateOf = (pathname: string): string =>
  pathname
    .split('/')
    .map((segment) => (segment === '' || WORDS.has(segment) ? segment : '{}'))
    .join('/');
