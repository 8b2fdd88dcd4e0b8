import type { SubjectsQuestion } from '../assignments/assignments.ts';
import { createMatcher } from '../assignments/list/filter.ts';
import { createListPlan } from '../assignments/list/query-plan.ts';
import type { Directory } from '../directory/directory.ts';
import { type Scope, type Subject, subjectTypes } from '../model/subject.ts';
import { sortInTurns, type TurnTaker, workInTurns } from '../platform/work-in-turns.ts';
import type { Census } from './census/census.ts';
import { compareKeys, type KeyedList, listName, listOf } from './keyed-list.ts';
import { createNameGaps, type NameGap } from './name-gaps.ts';
import { findRoles, findScopes, findSubjects, type Hit } from './search-hits.ts';
import { wantedText } from './text-match.ts';

/** In the order of equally good matches. */
const searchKinds = ['SUBJECT', 'SCOPE', 'ROLE'] as const;

export type SearchKind = (typeof searchKinds)[number];

/** Something that was found. */
export type SearchHit = Hit<
  | { readonly kind: 'SUBJECT'; readonly subject: Subject }
  | { readonly kind: 'SCOPE'; readonly scope: Scope }
  | { readonly kind: 'ROLE'; readonly roleName: string }
>;

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
interface SearchParts {
  readonly directory: Pick<Directory, 'readMany'>;
  /** Whose turns it takes: it looks at every name of an account. */
  readonly taker: TurnTaker;
}

const directions = [1, 1, 1, 1, 1] as const;

/**
 * Looks for a text, without case and accents, in what subjects, scopes and roles of a census are called and known by. Exact matches first, then beginnings, then
 * beginnings of words, then parts; equal ones by kind, name and uuid.
 */
export const search = async (
  census: Census,
  { text, kinds = searchKinds }: SearchQuestion,
  { directory, taker }: SearchParts,
): Promise<SearchAnswer> => {
  const wanted = wantedText(text);
  const gaps = createNameGaps();
  const subjects = kinds.includes('SUBJECT') ? census.subjects : [];
  const scopes = (): Iterable<Scope> => (kinds.includes('SCOPE') ? scopesOf(census) : []);
  const names = await directory.readMany({ subjects, scopes: scopes() });
  const searching = { wanted, names, gaps, taker };
  const hits: SearchHit[] = [];
  const take = <Thing>(found: readonly Hit<Thing>[], thingOf: (thing: Thing) => SearchHit['thing']): Promise<void> =>
    workInTurns(found, taker, ({ thing, matched, key }) => hits.push({ thing: thingOf(thing), matched, key }));
  await take(await findSubjects(subjects, searching), (subject) => ({ kind: 'SUBJECT', subject }));
  await take(await findScopes(scopes(), searching), (scope) => ({ kind: 'SCOPE', scope }));
  const roles = kinds.includes('ROLE') ? census.roles : [];
  await take(await findRoles(roles, searching), (roleName) => ({ kind: 'ROLE', roleName }));
  return {
    list: listOf(await sortInTurns(hits, taker, byKey(directions)), ({ key }) => key, {
      name: listName('search', wanted, searchKinds.filter((kind) => kinds.includes(kind)).join(' ')),
      asOfMs: census.asOfMs,
      directions,
    }),
    gaps: gaps.list(),
  };
};

function* scopesOf(census: Census): Generator<Scope> {
  for (let index = 0; index < census.scopeCount; index++) yield census.scopeAt(index).scope;
}

const byKey =
  (ways: readonly (1 | -1)[]) =>
  (one: Pick<Hit<unknown>, 'key'>, other: Pick<Hit<unknown>, 'key'>): number =>
    compareKeys(one.key, other.key, ways);

/** Subjects that have a text. */
export interface TextAnswer {
  readonly list: KeyedList<Subject>;
  /** Names that could not be looked at. */
  readonly gaps: readonly NameGap[];
}

/** The subjects of a census that have a text and meet a question: by how well they have it, unless the question says another order. */
export const searchSubjects = async (
  census: Census,
  { text, ...question }: SubjectsQuestion & { readonly text: string },
  { directory, taker }: SearchParts,
): Promise<TextAnswer> => {
  const wanted = wantedText(text);
  const plan = createListPlan(question);
  const matches = createMatcher(question);
  const candidates: Subject[] = [];
  await workInTurns(census.subjects, taker, (subject) => {
    if (matches(subject)) candidates.push(subject);
  });
  const gaps = createNameGaps();
  const names = await directory.readMany({ subjects: candidates });
  const hits = await findSubjects(candidates, { wanted, names, gaps, taker });
  const orders = question.orderBy;
  const ordered = orders.map(({ direction }): 1 | -1 => (direction === 'ASC' ? 1 : -1));
  const ways = orders.length === 0 ? directions : [...ordered, 1 as const, 1 as const];
  const keyed: Pick<Hit<Subject>, 'thing' | 'key'>[] = [];
  await workInTurns(hits, taker, ({ thing, key }) => {
    const { reference, type, rawType } = thing;
    const own = orders.map(({ field }) => (field === 'REFERENCE' ? reference : subjectTypes.indexOf(type)));
    keyed.push({ thing, key: orders.length === 0 ? key : [...own, reference, rawType] });
  });
  const list = listOf(await sortInTurns(keyed, taker, byKey(ways)), ({ key }) => key, {
    name: listName('subjects with a text', wanted, plan.fingerprint()),
    asOfMs: census.asOfMs,
    directions: ways,
  });
  return { list: { ...list, at: (index) => list.at(index).thing }, gaps: gaps.list() };
};
