import { maxListPageSize } from '../model/contract.ts';
import { GatewayError, isRefusedToken } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { PageToken } from '../model/page.ts';
import { createSubject, type Subject } from '../model/subject.ts';
import type { SubjectListQuestion, SubjectPage, SubjectPageSource } from '../model/subject-list.ts';
import { keyPart } from '../platform/key-part.ts';
import { pause } from '../platform/pause.ts';

/** Upstream's own order, so that nothing has to be held until it is sorted. */
const question: SubjectListQuestion = { includeNestedScopes: false, orderBy: 'subjectType,subjectReference' };

/** Between two pages of the list. */
export interface ReviewPlace {
  /** Of the page that comes next; absent at the start. */
  readonly pageToken?: string;
  /** Of the page before it; absent where that is the first. */
  readonly tokenBefore?: string;
  /** Subjects before this place. */
  readonly subjects: number;
}

export const startOfReview: ReviewPlace = { subjects: 0 };

export interface ReadPage {
  readonly subjects: readonly Subject[];
  /** How many of them had been sent before, with nothing new: left out. */
  readonly repeated: number;
  /** How many upstream sent. */
  readonly sent: number;
  /** Absent: upstream does not say. */
  readonly total?: number;
  /** Absent: it was the last one. */
  readonly next?: ReviewPlace;
}

interface ReadSubjectsOptions {
  readonly source: SubjectPageSource;
  /** Opens the operation that one page is read for. */
  readonly operation: () => Operation;
  readonly from: ReviewPlace;
}

/**
 * Every page of the list from a place on. Subjects that upstream sends twice come once, as far as both lie in one page or in neighbouring ones; what the second
 * has and the first had not comes all the same. To go on, the page before is read again, because what it had counts. Fails with a `GatewayError`:
 * `EXPIRED_CURSOR` where upstream does not take the place any more.
 */
export async function* readSubjects({ source, operation, from }: ReadSubjectsOptions): AsyncGenerator<ReadPage> {
  const fetch = (pageToken: string | undefined): Promise<SubjectPage> =>
    source.fetchPage(
      { question, pageSize: maxListPageSize, ...(pageToken !== undefined && { pageToken: pageToken as PageToken }) },
      operation(),
    );
  const seen = new Set<string>();
  let place: ReviewPlace | undefined = from;
  let before: SeenSubjects = new Map();
  try {
    if (from.pageToken !== undefined) before = seenIn((await fetch(from.tokenBefore)).items);
    while (place !== undefined) {
      const { pageToken, subjects: count }: ReviewPlace = place;
      const page = await fetch(pageToken);
      // Reading it was some milliseconds of work.
      await pause();
      const next = page.nextPageToken;
      if (next !== undefined && (seen.has(next) || next === pageToken)) throw repeatingToken(page.requestId);
      if (next !== undefined) seen.add(next);
      const { subjects, repeated } = withoutRepeats(page.items, before);
      // An empty page between two others does not part them.
      if (page.items.length > 0) before = seenIn(page.items);
      place =
        next === undefined
          ? undefined
          : {
              pageToken: next,
              ...(pageToken !== undefined && { tokenBefore: pageToken }),
              subjects: count + page.items.length,
            };
      yield {
        subjects,
        repeated,
        sent: page.items.length,
        ...(page.totalSize !== undefined && { total: page.totalSize }),
        ...(place !== undefined && { next: place }),
      };
    }
  } catch (error) {
    const isGone =
      error instanceof GatewayError && isRefusedToken(error) && (place?.pageToken ?? undefined) !== undefined;
    throw isGone ? expired(error) : error;
  }
}

/** What was sent of each subject. */
type SeenSubjects = ReadonlyMap<string, Subject['roles']>;

const seenIn = (subjects: readonly Subject[]): SeenSubjects => {
  const seen = new Map<string, Subject['roles']>();
  for (const subject of subjects) {
    const key = keyOf(subject);
    const known = seen.get(key);
    seen.set(key, known === undefined ? subject.roles : [...known, ...subject.roles]);
  }
  return seen;
};

/** One entry for each subject, at the place of its first. */
const withoutRepeats = (
  items: readonly Subject[],
  before: SeenSubjects,
): { readonly subjects: readonly Subject[]; readonly repeated: number } => {
  const merged = new Map<string, Subject>();
  let repeated = 0;
  for (const subject of items) {
    const key = keyOf(subject);
    const first = merged.get(key);
    const seen = first?.roles ?? before.get(key);
    if (seen === undefined) {
      merged.set(key, subject);
      continue;
    }
    repeated++;
    const known = new Set(seen.map(roleKey));
    const added = subject.roles.filter((role) => !known.has(roleKey(role)));
    if (added.length > 0) {
      merged.set(key, createSubject(subject.reference, subject.rawType, [...(first?.roles ?? []), ...added]));
    }
  }
  return { subjects: [...merged.values()], repeated };
};

const keyOf = ({ rawType, reference }: Subject): string => keyPart(rawType) + reference;

const roleKey = ({ name, scopes }: Subject['roles'][number]): string =>
  keyPart(name) +
  scopes
    .map(({ components }) => keyPart(components.map(({ field, uuid }) => keyPart(field) + keyPart(uuid)).join('')))
    .join('');

const repeatingToken = (requestId: string | undefined): GatewayError =>
  new GatewayError(
    'UPSTREAM_INVALID_RESPONSE',
    'ESET Connect names a page as its own successor, so that the list would never end. Ask again later.',
    { requestId },
  );

const expired = (cause: GatewayError): GatewayError =>
  new GatewayError(
    'EXPIRED_CURSOR',
    'ESET Connect does not go on from there any more: the list has changed, or too much time has passed. Begin anew.',
    { cause, requestId: cause.requestId },
  );
