import { createListPlan } from '../assignments/list/query-plan.ts';
import { createMatcher } from '../assignments/list/filter.ts';
import type { SubjectsQuestion } from '../assignments/assignments.ts';
import type { Directory, Named } from '../directory/directory.ts';
import { isLinkedKind } from '../directory/group-tree.ts';
import type { Resolved } from '../directory/resolved.ts';
import { type Scope, type Subject, subjectTypes } from '../model/subject.ts';
import { pause, Pauses } from '../platform/pause.ts';
import type { Census } from './census/census.ts';
import { componentsKey } from './census/scope-keys.ts';
import { compareKeys, type KeyedList, listName, listOf } from './keyed-list.ts';
import type { SortKey } from '../assignments/cursor/place.ts';
import { createNameGaps, type NameGap, type NameGaps } from './name-gaps.ts';
import { matchOf, type MatchRank, wantedText } from './text-match.ts';

/** In the order of equally good matches. */
const searchKinds = ['SUBJECT', 'SCOPE', 'ROLE'] as const;

export type SearchKind = (typeof searchKinds)[number];

/** Where a text was found. Of equally good places the first counts. */
export type SearchField = 'DISPLAY_NAME' | 'EMAIL' | 'REFERENCE' | 'UUID' | 'ROLE_NAME';

/** Something that was found. */
export interface SearchHit {
  readonly thing:
    | { readonly kind: 'SUBJECT'; readonly subject: Subject }
    | { readonly kind: 'SCOPE'; readonly scope: Scope }
    | { readonly kind: 'ROLE'; readonly roleName: string };
  readonly matched: SearchField;
  readonly key: SortKey;
}

export interface SearchQuestion {
  readonly text: string;
  /** Default: all. */
  readonly kinds?: readonly SearchKind[] | undefined;
}

export interface SearchAnswer {
  readonly list: KeyedList<SearchHit>;
  /** What could not be searched. */
  readonly gaps: readonly NameGap[];
}

/** What looking for a text needs beside the census. */
type NamesToSearch = Pick<Directory, 'user' | 'nameOfSubject' | 'nameOfScope'>;

const directions = [1, 1, 1, 1, 1] as const;

/**
 * Looks for a text, without case and accents, in what subjects, scopes and roles of a census are called and known by. Exact matches first, then beginnings, then
 * beginnings of words, then parts; equal ones by kind, name and uuid.
 */
export const search = async (
  census: Census,
  { text, kinds = searchKinds }: SearchQuestion,
  names: NamesToSearch,
): Promise<SearchAnswer> => {
  const wanted = wantedText(text);
  const gaps = createNameGaps();
  const [subjects, scopes] = await Promise.all([
    kinds.includes('SUBJECT') ? findSubjects(census.subjects, wanted, { names, gaps }) : [],
    kinds.includes('SCOPE') ? findScopes(census, wanted, { names, gaps }) : [],
  ]);
  const hits = [...subjects, ...scopes, ...(kinds.includes('ROLE') ? findRoles(census, wanted) : [])];
  hits.sort((one, other) => compareKeys(one.key, other.key, directions));
  return {
    list: listOf(hits, ({ key }) => key, {
      name: listName('search', wanted, searchKinds.filter((kind) => kinds.includes(kind)).join(' ')),
      asOfMs: census.asOfMs,
      directions,
    }),
    gaps: gaps.list(),
  };
};

export interface TextAnswer {
  readonly list: KeyedList<Subject>;
  /** Names that could not be looked at. */
  readonly gaps: readonly NameGap[];
}

/** The subjects of a census that have a text and meet a question: by how well they have it, unless the question says another order. */
export const searchSubjects = async (
  census: Census,
  { text, ...question }: SubjectsQuestion & { readonly text: string },
  names: NamesToSearch,
): Promise<TextAnswer> => {
  const wanted = wantedText(text);
  const plan = createListPlan(question);
  const candidates = census.subjects.filter(createMatcher(question));
  const gaps = createNameGaps();
  const hits = await findSubjects(candidates, wanted, { names, gaps });
  const orders = question.orderBy;
  const listed = hits.flatMap(({ thing, key }) => {
    if (thing.kind !== 'SUBJECT') return [];
    const { subject } = thing;
    const own = orders.map(({ field }) =>
      field === 'REFERENCE' ? subject.reference : subjectTypes.indexOf(subject.type),
    );
    return [{ subject, key: orders.length === 0 ? key : [...own, subject.reference, subject.rawType] }];
  });
  const ordered = orders.map(({ direction }): 1 | -1 => (direction === 'ASC' ? 1 : -1));
  const ways = orders.length === 0 ? directions : [...ordered, 1 as const, 1 as const];
  listed.sort((one, other) => compareKeys(one.key, other.key, ways));
  const list = listOf(listed, ({ key }) => key, {
    name: listName('subjects with a text', wanted, plan.fingerprint()),
    asOfMs: census.asOfMs,
    directions: ways,
  });
  return { list: { ...list, at: (index) => list.at(index).subject }, gaps: gaps.list() };
};

interface Searching {
  readonly names: NamesToSearch;
  readonly gaps: NameGaps;
}

/** Values looked at between pauses: a few milliseconds. */
const valuesBetween = 5000;

const findSubjects = async (
  subjects: readonly Subject[],
  wanted: string,
  { names, gaps }: Searching,
): Promise<SearchHit[]> => {
  const named = await Promise.all(subjects.map((subject) => nameOf(subject, names)));
  const hits: SearchHit[] = [];
  const pauses = new Pauses(valuesBetween);
  for (const [at, subject] of subjects.entries()) {
    const name = named[at] as Resolved<Named & { readonly otherEmails?: readonly string[] }>;
    if (subject.type === 'USER') gaps.note('USERS', name.resolution);
    if (subject.type === 'DEVICE') gaps.note('DEVICES', name.resolution);
    const best = bestOf(wanted, [
      ['DISPLAY_NAME', name.value?.displayName],
      ['EMAIL', name.value?.email],
      ...(name.value?.otherEmails ?? []).map((email) => ['EMAIL', email] as const),
      ['REFERENCE', subject.reference],
    ]);
    if (best !== undefined) {
      const key = [best.rank, 0, name.value?.displayName ?? '', subject.reference, subject.rawType];
      hits.push({ thing: { kind: 'SUBJECT', subject }, matched: best.field, key });
    }
    if (pauses.isDue(1)) await pause();
  }
  return hits;
};

/** A user has more addresses than a name tells. */
const nameOf = (
  subject: Subject,
  names: NamesToSearch,
): Promise<Resolved<Named & { readonly otherEmails?: readonly string[] }>> =>
  subject.type === 'USER' ? names.user(subject.reference) : names.nameOfSubject(subject);

const findScopes = async (census: Census, wanted: string, { names, gaps }: Searching): Promise<SearchHit[]> => {
  const scopes = Array.from({ length: census.scopeCount }, (_, index) => census.scopeAt(index).scope);
  const named = await Promise.all(scopes.map((scope) => names.nameOfScope(scope)));
  const hits: SearchHit[] = [];
  const pauses = new Pauses(valuesBetween);
  for (const [at, scope] of scopes.entries()) {
    const name = named[at] as Resolved<Named>;
    const source = sourceOf(scope);
    if (source !== undefined) gaps.note(source, name.resolution);
    const best = bestOf(wanted, [
      ['DISPLAY_NAME', name.value?.displayName],
      ...scope.components.map(({ uuid }) => ['UUID', uuid] as const),
    ]);
    if (best !== undefined) {
      const key = [best.rank, 1, name.value?.displayName ?? '', scope.uuid, scope.kind + componentsKey(scope)];
      hits.push({ thing: { kind: 'SCOPE', scope }, matched: best.field, key });
    }
    if (pauses.isDue(1)) await pause();
  }
  return hits;
};

const sourceOf = ({ kind }: Scope): NameGap['source'] | undefined => {
  if (kind === 'USER') return 'USERS';
  if (kind === 'DEVICE') return 'DEVICES';
  if (kind === 'POLICY') return 'POLICIES';
  return kind === 'ASSET_GROUP' || isLinkedKind(kind) ? 'DEVICE_GROUPS' : undefined;
};

const findRoles = (census: Census, wanted: string): SearchHit[] =>
  census.roles.flatMap(({ name }): SearchHit[] => {
    const rank = matchOf(wanted, name);
    return rank === undefined
      ? []
      : [{ thing: { kind: 'ROLE', roleName: name }, matched: 'ROLE_NAME', key: [rank, 2, name, '', ''] }];
  });

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
