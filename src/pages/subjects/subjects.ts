import type { Operation } from '../../model/operation.ts';
import type { Subject } from '../../model/subject.ts';
import type { SubjectKey, SubjectListQuestion, SubjectPageSource } from '../../model/subject-list.ts';
import { keyPart } from '../../platform/key-part.ts';
import type { OpenList, Pages } from '../create-pages.ts';
import type { KnownItems, KnownPages } from '../known-pages.ts';
import { type ListGroup, newer } from '../list-group.ts';
import { createMemoryStore } from '../memory-store.ts';
import { createOperationMemory, createOperationPages, maxOperationBytes, timeless } from '../operation-pages.ts';
import type { ComposePage, PageCache } from '../page-cache.ts';
import type { PagedList } from '../paged-list.ts';
import { createPageStore } from '../page-store.ts';
import { packSubjects, unpackSubjects } from './codec.ts';
import { compactSubjects } from './compact.ts';
import { subjectsBytes } from './sizes.ts';

/** Upstream's list of subjects with their roles (`GET /v2/role-assignments`). */
export const subjectList: PagedList<SubjectListQuestion, Subject> = {
  name: 'subjects',
  questionKey: ({ includeNestedScopes, orderBy, subjectReference, subjectType }) =>
    (includeNestedScopes ? '1' : '0') + keyPart(orderBy) + keyPart(subjectReference) + keyPart(subjectType),
  // With nested scopes the same subjects look different.
  groupKey: ({ includeNestedScopes }) => (includeNestedScopes ? '1' : '0'),
  isComplete: ({ subjectReference }) => subjectReference === undefined,
  keyOf: ({ reference }) => reference,
  isSame: (one, other) => one.rawType === other.rawType,
  sizeOf: subjectsBytes,
  compact: compactSubjects,
  pack: packSubjects,
  unpack: unpackSubjects,
};

/** What kept pages tell of subjects. */
export interface KnownSubjects extends KnownPages<SubjectListQuestion, Subject> {
  /**
   * What is known about one subject, newest word first: its entries as upstream listed them, of several types where the key names none.
   * Undefined where a call would have to tell. Upstream promises one entry for a subject, so one of the asked type is all of it, even where
   * the rest of the list was not read. Counts as served from cache.
   */
  entriesOf(key: SubjectKey, operation: Operation): KnownItems<Subject> | undefined;
}

export interface SubjectPages extends SubjectPageSource, KnownSubjects {}

type SubjectGroup = ListGroup<SubjectListQuestion, Subject>;

/** A lookup's page, put together from what other pages tell. */
const composeLookup: ComposePage<SubjectListQuestion, Subject> = ({ question }, group, notBeforeMs) => {
  const { subjectReference: reference, subjectType: rawType, includeNestedScopes } = question;
  if (reference === undefined) return undefined;
  // A later page of this very list is kept: what stands before it only upstream can tell.
  if (group.list(question) !== undefined) return undefined;
  const known = findEntries(
    { reference, includeNestedScopes, ...(rawType !== undefined && { rawType }) },
    group,
    notBeforeMs,
  );
  // Without a type there may be a subject of another type that no page has shown yet.
  return known === undefined || (!known.isWhole && rawType === undefined) ? undefined : known;
};

/** Adds to kept pages of subjects what only subjects have. */
const createSubjectPages = (cache: PageCache<SubjectListQuestion, Subject>): SubjectPages => ({
  fetchPage: (request, operation) => cache.fetchPage(request, operation),
  itemsOf: (question, key, operation) => cache.itemsOf(question, key, operation),
  walkOf: (question, operation) => cache.walkOf(question, operation),
  pageBefore: (question, pageToken, operation) => cache.pageBefore(question, pageToken, operation),
  likelySize: (question, operation) => cache.likelySize(question, operation),
  entriesOf(key, operation) {
    const look = cache.look({ includeNestedScopes: key.includeNestedScopes }, operation);
    const known = look && findEntries(key, look.group, look.notBeforeMs);
    if (known !== undefined) look?.served(known);
    return known;
  },
});

export interface OpenSubjects {
  /** For walks of the whole list. */
  readonly list: OpenList<SubjectListQuestion, Subject>;
  readonly source: SubjectPageSource;
  /** What kept pages tell without a call. Absent where none are kept. */
  readonly known?: SubjectPages;
  /** Whether it pays to read more than is wanted: only where it is kept. */
  readonly readAhead: boolean;
  /** The memory of one operation that kept pages must not answer, or where none are kept (`OperationPages`). */
  readonly remember: (operation: Operation) => SubjectPages;
  /** To be called when an operation has ended. */
  readonly forget: (operation: Operation) => void;
}

/** Keeps the pages of subjects. */
export const openSubjects = (pages: Pages, source: SubjectPageSource, ttlMs: number): OpenSubjects => {
  const { versions } = pages;
  const list = pages.open({ list: subjectList, source, ttlMs, compose: composeLookup });
  const { source: read, store } = list;
  const own = createOperationPages({ list: subjectList, source: read, store, versions, compose: composeLookup });
  const memories = {
    remember: (operation: Operation) => createSubjectPages(own.of(operation)),
    forget: (operation: Operation) => own.end(operation),
  };
  if (list.cache === undefined) return { list, source: read, readAhead: false, ...memories };
  const subjects = createSubjectPages(list.cache);
  return { list, source: subjects, known: subjects, readAhead: true, ...memories };
};

/** The memory of one operation over a source of pages, alone: it counts with nothing else, and nothing changes while it lives. */
export const createOperationSubjects = (source: SubjectPageSource): SubjectPages => {
  const memory = createMemoryStore({
    clock: timeless,
    // More than it may hold, so that what it has read first stays and the rest is read again: where all of it goes round, nothing would be found again.
    maxBytes: 2 * maxOperationBytes,
    nextVersion: () => 0,
    sweepEveryMs: Infinity,
  });
  const store = createPageStore({ list: subjectList, memory, ttlMs: 0 });
  const versions = { of: () => 0 };
  const { cache } = createOperationMemory({ list: subjectList, source, store, versions, compose: composeLookup });
  return createSubjectPages(cache);
};

/** A whole answer goes before a sighting, newer before older. */
const findEntries = (key: SubjectKey, group: SubjectGroup, notBeforeMs: number): KnownItems<Subject> | undefined => {
  const { reference, rawType } = key;
  const matches = (subject: Subject) =>
    subject.reference === reference && (rawType === undefined || subject.rawType === rawType);
  let best = findByLookup(key, undefined, { group, matches, notBeforeMs });
  if (rawType !== undefined) best = newer(best, findByLookup(key, rawType, { group, matches, notBeforeMs }));
  best = newer(best, group.findInWholeLists(reference, matches, notBeforeMs));
  return best ?? group.findAnywhere(reference, matches, notBeforeMs);
};

interface Finding {
  readonly group: SubjectGroup;
  readonly matches: (subject: Subject) => boolean;
  readonly notBeforeMs: number;
}

/** By the answer to a lookup of the reference alone, or with a type. */
const findByLookup = (
  { reference: subjectReference, includeNestedScopes }: SubjectKey,
  subjectType: string | undefined,
  { group, matches, notBeforeMs }: Finding,
): KnownItems<Subject> | undefined => {
  const asked = { subjectReference, includeNestedScopes };
  const walk = group.list(subjectType === undefined ? asked : { ...asked, subjectType })?.walk(notBeforeMs);
  if (walk?.isWhole !== true) return undefined;
  return { items: walk.pages.flatMap((page) => page.items.filter(matches)), isWhole: true, atMs: walk.oldestAtMs };
};
