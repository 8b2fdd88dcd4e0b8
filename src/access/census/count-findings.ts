import { subjectTypes } from '../../model/subject.ts';
import { hasUnknownField, isBroad, severityOf } from '../finding-kinds.ts';
import { FindingCounts, type FindingStarts, subjectsInBlock } from './finding-counts.ts';
import { type HeldPages, visitHeld } from './held-pages.ts';
import { inStretches } from './slices.ts';

interface CensusParts {
  /** Of each scope of `held` its place among all. */
  readonly places: Int32Array;
  /** Of each subject the place of its type in the model's list. */
  readonly typeNumbers: Uint8Array;
  readonly subjectCount: number;
}

const [broad, unknown] = [1, 2];

/** Counts what looks wrong by itself, as `findInSubject` finds it: each scope of a role once, however often it is listed. Pauses every few milliseconds. */
export const countFindings = async (
  held: HeldPages,
  { places, typeNumbers, subjectCount }: CensusParts,
): Promise<FindingCounts> => {
  const { scopes } = held;
  const flags = new Uint8Array(scopes.length);
  await inStretches(scopes.length, (number) => {
    const scope = scopes[number];
    if (scope !== undefined) flags[number] = (isBroad(scope) ? broad : 0) + (hasUnknownField(scope) ? unknown : 0);
  });
  const counts = new FindingCounts(subjectCount);
  const globalOf = {
    HIGH: counts.open('GLOBAL_GRANT', 'HIGH'),
    MEDIUM: counts.open('GLOBAL_GRANT', 'MEDIUM'),
    LOW: counts.open('GLOBAL_GRANT', 'LOW'),
  };
  const global = subjectTypes.map((type) => globalOf[severityOf('GLOBAL_GRANT', type)]);
  const broadGrants = counts.open('BROAD_GRANT', severityOf('BROAD_GRANT', undefined));
  const withoutRoles = counts.open('WITHOUT_ROLES', severityOf('WITHOUT_ROLES', undefined));
  const unknownKinds = counts.open('UNKNOWN_KIND', severityOf('UNKNOWN_KIND', undefined));
  const unknownType = subjectTypes.indexOf('UNKNOWN');
  // Of each place the last role that was seen to list it.
  const lastRoles = new Int32Array(scopes.length).fill(-1);
  let roleNumber = -1;
  await visitHeld(held, {
    onSubject(rank, roleCount) {
      if (roleCount === 0) add(withoutRoles, rank);
      if (typeNumbers[rank] === unknownType) add(unknownKinds, rank);
    },
    onRole(rank, _role, scopeCount) {
      roleNumber++;
      if (scopeCount === 0) add(global[typeNumbers[rank] as number] as FindingStarts, rank);
    },
    onScope(rank, _role, scope) {
      const flag = flags[scope] as number;
      if (flag === 0) return;
      const place = places[scope] as number;
      if (lastRoles[place] === roleNumber) return;
      lastRoles[place] = roleNumber;
      if ((flag & broad) !== 0) add(broadGrants, rank);
      if ((flag & unknown) !== 0) add(unknownKinds, rank);
    },
  });
  await counts.sum();
  return counts;
};

const add = (counts: FindingStarts, rank: number): void => {
  const place = Math.floor(rank / subjectsInBlock) + 1;
  counts[place] = (counts[place] as number) + 1;
};
