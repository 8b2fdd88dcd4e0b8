import type { Policy, PolicyFeature } from '../../../wire/policies.ts';
import { mix } from '../../core/prng.ts';
import { shape } from '../made-up-places.ts';
import { canary, unknownField } from '../../core/http/canary.ts';
import type { Objects } from './directory.ts';
import { inListOrder } from './list-order.ts';
import { policyName } from './made-up-names.ts';
import { isOneOf, type MadeUpParts } from './made-up-users.ts';
import { objectKinds } from './object-kinds.ts';

const policyOddities = {
  missing: { every: 25, at: 8 },
  withoutName: { every: 30, at: 13 },
  builtIn: 12,
  /** Bytes of a policy's configurations together. */
  featureBytes: { least: 20_000, most: 200_000 },
} as const;

/** Slots of built-in policies come first; then the customers' own. */
export const policyOfSlot = (slot: number): number | undefined =>
  slot < policyOddities.builtIn ? undefined : slot - policyOddities.builtIn;

/** The policies: those of the assignments, but for the missing ones, and the built-in ones. */
export const createMadeUpPolicies = ({ seed, places, names }: MadeUpParts): Objects<Policy> => {
  const capacity = policyOddities.builtIn + places.customers * shape.policiesPerCustomer;

  const isThere = (slot: number): boolean => {
    const policy = policyOfSlot(slot);
    return policy === undefined || !isOneOf(policyOddities.missing, policy);
  };

  // One text for all: a list of policies is megabytes that nobody needs to be different.
  let archive: Buffer | undefined;
  const archiveOf = (bytes: number): Buffer => {
    archive ??= makeArchive(seed, policyOddities.featureBytes.most);
    return archive.subarray(0, bytes);
  };

  const archiveBytes = (slot: number): number => {
    const { least, most } = policyOddities.featureBytes;
    return Math.floor((least + (mix(mix(seed, slot), 50) % (most - least))) / featureCount(slot));
  };

  const policyAt = (slot: number, archive: string): Policy => {
    const policy = policyOfSlot(slot);
    const isBuiltIn = policy === undefined;
    const uuid = isBuiltIn ? names.uuidOf(objectKinds.builtInPolicy, slot) : places.uuidOf('policyUuid', policy);
    return {
      uuid,
      displayName: isOneOf(policyOddities.withoutName, slot) ? '' : policyName(seed, slot),
      description: slot % 5 === 0 ? '' : 'Rolled out to everybody, except where the site has one of its own.',
      ...(isBuiltIn ? { builtIn: true } : slot % 2 === 0 ? { builtIn: false } : {}),
      features: Array.from({ length: featureCount(slot) }, (_, i) => featureOf(i, uuid, archive)),
      ...unknownField('policies', uuid),
    };
  };

  return {
    capacity,
    *slots() {
      for (const slot of inListOrder(capacity)) if (isThere(slot)) yield slot;
    },
    slotOf(uuid) {
      const named = names.read(uuid);
      if (named?.kind === objectKinds.builtInPolicy && named.index < policyOddities.builtIn) return named.index;
      const at = places.locate({ field: 'policyUuid', uuid });
      if (at === undefined) return undefined;
      const slot = policyOddities.builtIn + at.index;
      return isThere(slot) ? slot : undefined;
    },
    at: (slot) => policyAt(slot, archiveOf(archiveBytes(slot)).toString('latin1')),
    writeAt(slot) {
      const archive = archiveOf(archiveBytes(slot));
      const pieces = JSON.stringify(policyAt(slot, archivePlace)).split(archivePlace);
      return pieces.flatMap((piece, i) => (i === 0 ? [piece] : [archive, piece]));
    },
  };
};

const featureCount = (slot: number): number => 1 + (slot % 3);

/** Stands where an archive goes. */
const archivePlace = '<archive>';

const featureOf = (index: number, uuid: string, archive: string): PolicyFeature => {
  const configuration: Record<string, string> = {
    '@type': 'type.googleapis.com/eset.policy.ArchivedConfiguration',
    name: canary('policies', 'configuration', uuid),
    archive,
  };
  return {
    featureId: `feature-${index + 1}`,
    configuration,
    flags: [{ name: canary('policies', 'flags', uuid) }],
  };
};

/** Letters as an encoded archive has them. */
const makeArchive = (seed: number, bytes: number): Buffer => {
  const words = new Uint32Array(Math.ceil((bytes * 3) / 16));
  for (let i = 0; i < words.length; i++) words[i] = mix(seed, i);
  return Buffer.from(Buffer.from(words.buffer).toString('base64').slice(0, bytes), 'latin1');
};
