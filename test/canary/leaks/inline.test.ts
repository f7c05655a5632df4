import { expect, test } from 'vitest';

test('a leak in a snapshot beside its test', () => {
  expect('songbird-inline').toMatchInlineSnapshot(`"songbird-inline"`);
});
