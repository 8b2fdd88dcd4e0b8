import type { Directory, Named, Outlook } from '../directory/directory.ts';
import { maxListPageSize } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import type { Operation } from '../model/operation.ts';
import type { Subject } from '../model/subject.ts';
import type { SubjectPageSource } from '../model/subject-list.ts';
import type { User } from '../model/user.ts';
import { pause, Pauses } from '../platform/pause.ts';
import { csvHeader, type CsvRow, type GroupMember, writeCsvRows } from './csv.ts';
import { hasText, heldThatMatch } from './filter.ts';
import type { Held } from './held.ts';
import { findNames, type Names, noNames } from './names.ts';
import { writeNdjsonLine } from './ndjson.ts';
import { type ReadPage, readSubjects, type ReviewPlace, startOfReview } from './read-subjects.ts';
import type { ReviewFilter, ReviewRequest } from './review-request.ts';

/** The account that is exported. */
interface ReviewSource {
  readonly subjects: SubjectPageSource;
  directoryFor(operation: Operation, outlook: Outlook): Directory;
  /** Opens the operation that one page and its names are read for. */
  operation(): Operation;
}

/** What an export has come to, a page each. */
export interface ReviewProgress {
  /** Subjects read, left out ones included. */
  readonly subjects: number;
  readonly pages: number;
  /** Rows or lines written. */
  readonly rows: number;
  /** Subjects of the whole list, where upstream tells. */
  readonly total?: number;
  /** Subjects that came twice, and were written once. */
  readonly repeated: number;
  /** Names that a source did not tell, although it may know them. */
  readonly untoldNames: number;
  /** Where to go on; absent at the end. */
  readonly next?: ReviewPlace;
}

/** A piece of an export: text to write, or the end of a page. All text before the end of a page belongs to it. */
export type ReviewPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'page'; readonly progress: ReviewProgress };

/** Rows that are made and written at once: a millisecond of work, twenty where the code is new to the engine, and a bound on what is held. */
const rowsAtOnce = 100;

/**
 * Exports an account, a page at a time: the next one is read when the one before was taken. Fails with a `GatewayError`, and then everything until the last end
 * of a page is whole. Going on from there gives the same bytes as an export in one go, as long as the account stays the same.
 */
export async function* exportReview(
  source: ReviewSource,
  request: ReviewRequest,
  from: ReviewPlace = startOfReview,
): AsyncGenerator<ReviewPiece> {
  if (request.effective && request.format !== 'csv') {
    throw new GatewayError('BAD_USER_INPUT', 'Rows for the members of groups (effective) are made for csv alone.');
  }
  if (from.pageToken === undefined && request.format === 'csv') yield { kind: 'text', text: csvHeader() };
  let operation: Operation | undefined;
  const nextOperation = (): Operation => (operation = source.operation());
  const pages = readSubjects({ source: source.subjects, operation: nextOperation, from });
  let [rows, count, repeated, untoldNames] = [0, 0, 0, 0];
  let subjects = from.subjects;
  for await (const page of pages) {
    const written = writePage({
      page,
      request,
      directory: () =>
        source.directoryFor(operation ?? nextOperation(), {
          gatheringsToCome: pagesToCome(page, subjects + page.sent),
        }),
      // Rows wait for whoever reads them, so that the time of the page may be over when the next group comes.
      directoryOfMembers: () => source.directoryFor(source.operation(), {}),
    });
    for (let next = await written.next(); ; next = await written.next()) {
      if (next.done === true) {
        untoldNames += next.value.untoldNames;
        rows += next.value.rows;
        break;
      }
      yield { kind: 'text', text: next.value };
    }
    subjects += page.sent;
    count++;
    repeated += page.repeated;
    const { total, next } = page;
    yield {
      kind: 'page',
      progress: {
        subjects,
        pages: count,
        rows,
        repeated,
        untoldNames,
        ...(total !== undefined && { total }),
        ...(next !== undefined && { next }),
      },
    };
  }
}

const pagesToCome = ({ next, total }: ReadPage, subjects: number): number => {
  if (next === undefined) return 0;
  return total === undefined ? 1 : Math.max(1, Math.ceil((total - subjects) / maxListPageSize));
};

interface PageParts {
  readonly page: ReadPage;
  readonly request: ReviewRequest;
  /** For the names of the page, at once. Not asked for where nobody wants any. */
  readonly directory: () => Directory;
  /** For the members of one group, with time of its own. */
  readonly directoryOfMembers: () => Directory;
}

interface WrittenPage {
  readonly rows: number;
  readonly untoldNames: number;
}

async function* writePage({
  page,
  request,
  directory,
  directoryOfMembers,
}: PageParts): AsyncGenerator<string, WrittenPage> {
  const { filter, format, effective } = request;
  const meeting = await whatMatches(page.subjects, filter);
  const matching = filter.text === undefined ? meeting : await withText(meeting, filter.text, directory());
  const { names, untold: untoldNames } = await namesFor(matching, request, directory);
  const pauses = new Pauses(rowsAtOnce);
  let rows = 0;
  let pieces: string[] = [];
  let waiting: CsvRow[] = [];
  const flush = (): string => {
    rows += waiting.length;
    const text = waiting.length > 0 ? writeCsvRows(waiting, request) : pieces.join('');
    waiting = [];
    pieces = [];
    return text;
  };
  for (const { subject, held } of matching) {
    if (format === 'ndjson') {
      pieces.push(writeNdjsonLine(subject, names, request.asOf));
      rows++;
      if (!pauses.isDue(held.length)) continue;
      yield flush();
      await pause();
      continue;
    }
    const members =
      effective && subject.type === 'USER_GROUP' ? await membersOf(subject, directoryOfMembers()) : noMembers;
    for (const row of rowsOf({ subject, held, names, members, request })) {
      waiting.push(row);
      if (!pauses.isDue(1)) continue;
      yield flush();
      await pause();
    }
  }
  if (waiting.length + pieces.length > 0) yield flush();
  return { rows, untoldNames };
}

const whatMatches = async (subjects: readonly Subject[], filter: ReviewFilter): Promise<readonly Matching[]> => {
  const meeting: Matching[] = [];
  const pauses = new Pauses(5 * rowsAtOnce);
  for (const subject of subjects) {
    const held = heldThatMatch(subject, filter);
    if (held.length > 0) meeting.push({ subject, held });
    if (pauses.isDue(held.length + 1)) await pause();
  }
  return meeting;
};

/** Those whose subject is called or known by a text. A name that cannot be told has none. */
const withText = async (all: readonly Matching[], text: string, directory: Directory): Promise<readonly Matching[]> => {
  const have = await Promise.all(all.map(({ subject }) => hasText(subject, text, directory)));
  return all.filter((_, index) => have[index]);
};

interface Matching {
  readonly subject: Subject;
  readonly held: readonly Held[];
}

/** The names of what is written, and of nothing else. */
const namesFor = async (
  matching: readonly Matching[],
  { names, format }: ReviewRequest,
  directory: () => Directory,
): Promise<{ readonly names: Names; readonly untold: number }> =>
  names
    ? await findNames(
        matching.map(({ subject }) => subject),
        directory(),
        { withPaths: format === 'csv' },
      )
    : { names: noNames, untold: 0 };

const noMembers: readonly User[] = [];

/** A member that is not told is a row that is missing, so it fails here, unlike a name. */
const membersOf = async ({ reference }: Subject, directory: Directory): Promise<readonly User[]> => {
  const members = await directory.membersOf(reference);
  switch (members.resolution) {
    case 'FOUND':
      return members.value;
    case 'MISSING':
      return noMembers;
    case 'FORBIDDEN':
      throw new GatewayError(
        'FORBIDDEN',
        'The members of user groups are closed to this credential. Export without them (effective), or with a credential that may see users.',
      );
    default:
      throw new GatewayError(
        'UPSTREAM_UNAVAILABLE',
        'The members of a user group cannot be had now, or this account has no user management. Try again, or export without them (effective).',
      );
  }
};

interface RowParts extends Matching {
  readonly names: Names;
  readonly members: readonly User[];
  readonly request: ReviewRequest;
}

function* rowsOf({ subject, held, names, members, request }: RowParts): Generator<CsvRow> {
  const { asOf } = request;
  for (const one of held) {
    const row: CsvRow = { subject, held: one, names, asOf };
    yield row;
    for (const user of members) yield { ...row, member: memberOf(user, request.names) };
  }
}

const memberOf = (user: User, withNames: boolean): GroupMember => {
  const name: Named | undefined = withNames ? user : undefined;
  return { uuid: user.uuid, name };
};
