import type { SpaceOutline } from './outline.js';

/** Records that somebody once imported, for a site with many pages: so many, the space's home and section with them. */
export const weighingArchive = (pages: number): SpaceOutline => ({
  id: 65_547,
  key: 'ARCH',
  name: 'Weighing archive',
  description: 'Calibration records from before the calibration store.',
  rights: { admin: 'administer', editor: 'edit', reader: 'read', service: 'edit' },
  restricted: {},
  sections:
    pages < 2
      ? []
      : [
          {
            title: 'Records',
            kind: 'notes',
            labels: ['archive'],
            pages: Array.from({ length: pages - 2 }, (_, index) => `Record ${index + 1}`),
          },
        ],
});
