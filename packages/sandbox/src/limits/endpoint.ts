const isId = /^(?:att)?\d+$/;

/**
 * The endpoint of a tenant that a path means, its ids as `{}`: `/api/v2/pages/{}`, the same at the site
 * and at the gateway. Undefined for what is no product API.
 */
export function endpointOf(path: string): string | undefined {
  const [pathname = ''] = path.split('?', 1);
  const api = /^(?:\/ex\/confluence\/[^/]+)?(?:\/wiki)?(\/(?:api\/v2|rest\/api)\/.*)$/.exec(
    pathname,
  );
  return api?.[1]
    ?.split('/')
    .map((segment) => (isId.test(segment) ? '{}' : segment))
    .join('/');
}
