import { expect, it } from 'vitest';
import { createVersions } from '../../src/pages/versions.ts';

it("changes a credential's version and nobody else's", () => {
  const versions = createVersions();
  const before = versions.of('alice');
  versions.renew('alice');
  const after = versions.of('alice');
  expect(after).toBeGreaterThan(before);
  expect(versions.of('eve')).toBe(before);
  versions.renew('alice');
  expect(versions.of('alice')).toBeGreaterThan(after);
});

it('gives no number twice', () => {
  const versions = createVersions();
  const given = [versions.next()];
  versions.renew('alice');
  given.push(versions.of('alice'), versions.next());
  expect(new Set(given).size).toBe(3);
});

it('takes no version for an earlier one when it has forgotten which there were', () => {
  const versions = createVersions();
  const first = versions.of('nobody');
  versions.renew('alice');
  const renewed = versions.of('alice');
  for (let index = 0; index < 10_000; index++) versions.renew(`credential ${index}`);
  expect(versions.of('alice')).not.toBe(renewed);
  expect(versions.of('nobody')).not.toBe(first);
});
