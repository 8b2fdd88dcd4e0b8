import { expect, it } from 'vitest';
import { systemRandom } from '../../src/platform/random.ts';
import { seal, sharedName, unseal } from '../../src/redis/encryption.ts';

const value = Buffer.from('alice may everything');

it('reads back what was sealed for the same caller and name', () => {
  expect(unseal('alice', 'name', seal('alice', 'name', value, systemRandom))).toEqual(value);
  expect(unseal('alice', 'name', seal('alice', 'name', Buffer.alloc(0), systemRandom))).toEqual(Buffer.alloc(0));
});

it('reads nothing for another caller, under another name, or after any change', () => {
  const sealed = seal('alice', 'name', value, systemRandom);
  expect(unseal('eve', 'name', sealed)).toBeUndefined();
  expect(unseal('alice', 'other name', sealed)).toBeUndefined();
  for (let at = 0; at < sealed.length; at++) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
    expect(unseal('alice', 'name', changed)).toBeUndefined();
  }
  for (let length = 0; length < sealed.length; length++) {
    expect(unseal('alice', 'name', sealed.subarray(0, length))).toBeUndefined();
  }
});

it('never seals two values alike', () => {
  expect(seal('alice', 'name', value, systemRandom)).not.toEqual(seal('alice', 'name', value, systemRandom));
});

it('gives each caller, kind and question a name of its own, which tells none of them', () => {
  const names = ['alice', 'eve'].flatMap((key) =>
    (['page', 'pending', 'rate'] as const).flatMap((kind) =>
      ['', 'question'].map((what) => sharedName(kind, key, what)),
    ),
  );
  expect(new Set(names).size).toBe(12);
  for (const name of names) expect(name).toMatch(/^rolescope:1:(page|pending|rate):[\w-]{43}$/);
  expect(sharedName('page', 'alice', 'question')).toBe(sharedName('page', 'alice', 'question'));
});
