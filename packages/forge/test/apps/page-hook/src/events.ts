import { asApp, asUser, route } from '@forge/api';

interface PageEvent {
  eventType: string;
  atlassianId: string;
  content: { id: string };
}

export const labelPage = async ({ eventType, content }: PageEvent): Promise<void> => {
  const [, , what] = eventType.split(':');
  const response = await asApp().requestConfluence(
    route`/wiki/rest/api/content/${content.id}/label`,
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify([{ prefix: 'global', name: what ?? 'seen' }]),
    },
  );
  if (!response.ok) throw new Error(`No label: ${response.status}`);
};

/** What no event may do: nobody is invoking. */
export const actAsUser = (): Promise<unknown> =>
  asUser().requestConfluence(route`/wiki/rest/api/user/current`);
