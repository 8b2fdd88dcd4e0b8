import type { SortKey } from '../assignments/cursor/place.ts';
import type { Known } from '../directory/directory.ts';
import { isLinkedKind } from '../directory/group-tree.ts';
import type { Scope, Subject } from '../model/subject.ts';
import { type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import type { RoleTally } from './census/census.ts';
import { componentsKey } from './census/scope-keys.ts';
import type { NameGap, NameGaps } from './name-gaps.ts';
import { matchOf, type MatchRank } from './text-match.ts';

/** Where a text was found. Of equally good places the first counts. */
export type SearchField = 'DISPLAY_NAME' | 'EMAIL' | 'REFERENCE' | 'UUID' | 'ROLE_NAME';

/** Something that was found, and what orders it: how well, of what kind, what it is called, what it is. */
export interface Hit<Thing> {
  readonly thing: Thing;
  readonly matched: SearchField;
  readonly key: SortKey;
}

/** What looking through something needs. Things are looked at in turns, and nothing is made of those that do not have the text. */
export interface Searching {
  /** Folded. */
  readonly wanted: string;
  readonly names: Known;
  readonly gaps: NameGaps;
  readonly taker: TurnTaker;
}

/** Those of some subjects that have the text in a name, an address or the reference, as they come. Notes what could not be looked at. */
export const findSubjects = async (
  subjects: Iterable<Subject>,
  { wanted, names, gaps, taker }: Searching,
): Promise<Hit<Subject>[]> => {
  const hits: Hit<Subject>[] = [];
  await workInTurns(subjects, taker, (subject) => {
    const { resolution, value } = names.nameOfSubject(subject);
    if (subject.type === 'USER') gaps.note('USERS', resolution);
    if (subject.type === 'DEVICE') gaps.note('DEVICES', resolution);
    const best = bestOf(wanted, [
      ['DISPLAY_NAME', value?.displayName],
      ['EMAIL', value?.email],
      ...(value?.otherEmails ?? []).map((email) => ['EMAIL', email] as const),
      ['REFERENCE', subject.reference],
    ]);
    if (best === undefined) return;
    const key = [best.rank, 0, value?.displayName ?? '', subject.reference, subject.rawType];
    hits.push({ thing: subject, matched: best.field, key });
  });
  return hits;
};

/** Those of some scopes that have the text in a name or a uuid, as they come. Notes what could not be looked at. */
export const findScopes = async (
  scopes: Iterable<Scope>,
  { wanted, names, gaps, taker }: Searching,
): Promise<Hit<Scope>[]> => {
  const hits: Hit<Scope>[] = [];
  await workInTurns(scopes, taker, (scope) => {
    const { resolution, value } = names.nameOfScope(scope);
    const source = sourceOf(scope);
    if (source !== undefined) gaps.note(source, resolution);
    const best = bestOf(wanted, [
      ['DISPLAY_NAME', value?.displayName],
      ...scope.components.map(({ uuid }) => ['UUID', uuid] as const),
    ]);
    if (best === undefined) return;
    const key = [best.rank, 1, value?.displayName ?? '', scope.uuid, scope.kind + componentsKey(scope)];
    hits.push({ thing: scope, matched: best.field, key });
  });
  return hits;
};

/** Those of some roles that have the text in the name, as they come. */
export const findRoles = async (
  roles: readonly RoleTally[],
  { wanted, taker }: Pick<Searching, 'wanted' | 'taker'>,
): Promise<Hit<string>[]> => {
  const hits: Hit<string>[] = [];
  await workInTurns(roles, taker, ({ name }) => {
    const rank = matchOf(wanted, name);
    if (rank !== undefined) hits.push({ thing: name, matched: 'ROLE_NAME', key: [rank, 2, name, '', ''] });
  });
  return hits;
};

const sourceOf = ({ kind }: Scope): NameGap['source'] | undefined => {
  if (kind === 'USER') return 'USERS';
  if (kind === 'DEVICE') return 'DEVICES';
  if (kind === 'POLICY') return 'POLICIES';
  return kind === 'ASSET_GROUP' || isLinkedKind(kind) ? 'DEVICE_GROUPS' : undefined;
};

type Candidate = readonly [field: SearchField, value: string | null | undefined];

/** The best match among values; of equally good ones the first. */
const bestOf = (
  wanted: string,
  candidates: readonly Candidate[],
): { readonly field: SearchField; readonly rank: MatchRank } | undefined => {
  let best: { readonly field: SearchField; readonly rank: MatchRank } | undefined;
  for (const [field, value] of candidates) {
    const rank = matchOf(wanted, value);
    if (rank !== undefined && (best === undefined || rank < best.rank)) best = { field, rank };
  }
  return best;
};
