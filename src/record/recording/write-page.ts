import { type Kysely, sql } from 'kysely';
import type { Subject } from '../../model/subject.ts';
import type { Tables } from '../database/tables.ts';
import { storable } from '../storable-text.ts';
import type { BitSet } from './bit-set.ts';
import type { Dictionary } from './dictionary.ts';
import { heldBy } from './held.ts';
import type { Place, TallyWriter } from './tally-writer.ts';

/** A subject that holds something, and the digest of that. */
export interface HashedSubject {
  readonly subject: Subject;
  readonly digest: Buffer;
  /** It holds what is stored of it as well. Default: this is all. */
  readonly isMore?: boolean;
}

/** What is done to the database while one census is written. */
export interface PageWriter {
  readonly db: Kysely<Tables>;
  readonly dictionary: Dictionary;
  readonly asOf: Date;
  /** Ids of all subjects that the census shows. */
  readonly seen: BitSet;
  readonly tallies: TallyWriter;
}

export interface PageChanges {
  readonly granted: number;
  readonly revoked: number;
  /** How many of them held something before. */
  readonly known: number;
}

/** A subject as the database has it. */
export interface StoredSubject {
  readonly id: number;
  /** Digest of all that it holds. Null: nothing. */
  readonly held: Buffer | null;
}

/** What subjects are known by, in the words that are stored. */
export interface StoredNames {
  readonly references: readonly string[];
  readonly rawTypes: readonly string[];
}

/** One of each for each subject, in the order of the list. */
export const storedNamesOf = (subjects: readonly Subject[]): StoredNames => ({
  references: subjects.map(({ reference }) => storable(reference)),
  rawTypes: subjects.map(({ rawType }) => storable(rawType)),
});

/** Of subjects, those that the database has, by their place in the list. */
export const findStored = async (
  db: Kysely<Tables>,
  { references, rawTypes }: StoredNames,
): Promise<ReadonlyMap<number, StoredSubject>> => {
  const { rows } = await sql<StoredSubject & { readonly n: number }>`
    select wanted.n, subject.id, subject.held
    from unnest(${references}::text[], ${rawTypes}::text[]) with ordinality as wanted (reference, raw_type, n)
    join subject on subject.reference = wanted.reference and subject.raw_type = wanted.raw_type
  `.execute(db);
  return new Map(rows.map(({ n, id, held }) => [n - 1, { id, held }]));
};

/** Writes what some subjects hold otherwise than the database says. Those that hold the same cost one look at their digests. */
export const writePage = async (page: readonly HashedSubject[], writer: PageWriter): Promise<PageChanges> => {
  const { db, seen } = writer;
  const names = storedNamesOf(page.map(({ subject }) => subject));
  const { references, rawTypes } = names;
  const before = await findStored(db, names);
  let known = 0;
  for (const { id, held } of before.values()) {
    seen.add(id);
    if (held !== null) known++;
  }
  const changed = page.flatMap(({ digest }, at) => (before.get(at)?.held?.equals(digest) === true ? [] : [at]));
  if (changed.length === 0) return { granted: 0, revoked: 0, known };

  const ids = changed.flatMap((n) => {
    const id = before.get(n)?.id;
    return id === undefined ? [] : [{ n, id }];
  });
  if (ids.length > 0) {
    await sql`
      update subject set held = wanted.held
      from unnest(${ids.map(({ id }) => id)}::bigint[], ${ids.map(({ n }) => page[n]?.digest)}::bytea[]) as wanted (id, held)
      where subject.id = wanted.id
    `.execute(db);
  }
  const added = changed.filter((n) => !before.has(n));
  if (added.length > 0) {
    const { rows } = await sql<{ n: number; id: number }>`
      with wanted as (
        select * from unnest(
          ${added.map((n) => references[n])}::text[],
          ${added.map((n) => rawTypes[n])}::text[],
          ${added.map((n) => page[n]?.digest)}::bytea[],
          ${added}::integer[]
        ) as wanted (reference, raw_type, held, n)
      ), written as (
        insert into subject (reference, raw_type, held) select reference, raw_type, held from wanted
        returning id, reference, raw_type
      )
      select wanted.n, written.id from written
      join wanted on wanted.reference = written.reference and wanted.raw_type = written.raw_type
    `.execute(db);
    for (const { id } of rows) seen.add(id);
    ids.push(...rows);
  }
  return { ...(await writeHeld(page, ids, before, writer)), known };
};

/** An assignment that is open in the database. */
interface OpenAssignment extends Place {
  readonly id: number;
  readonly subject: number;
}

/** Open assignments by subject, and then by role and scope. */
const readOpen = async (
  db: Kysely<Tables>,
  subjects: readonly number[],
): Promise<ReadonlyMap<number, Map<string, OpenAssignment>>> => {
  const open = new Map<number, Map<string, OpenAssignment>>();
  if (subjects.length === 0) return open;
  const { rows } = await sql<OpenAssignment>`
    select id, subject_id as subject, role_id as role, scope_id as scope from assignment
    where subject_id = any(${subjects}::bigint[]) and valid_to is null
  `.execute(db);
  for (const row of rows) {
    let ofSubject = open.get(row.subject);
    if (ofSubject === undefined) open.set(row.subject, (ofSubject = new Map()));
    ofSubject.set(placeKey(row), row);
  }
  return open;
};

const placeKey = ({ role, scope }: Place): string => `${role} ${scope}`;

/** Brings the open assignments of subjects to what they hold now. */
const writeHeld = async (
  page: readonly HashedSubject[],
  ids: readonly { readonly n: number; readonly id: number }[],
  before: ReadonlyMap<number, StoredSubject>,
  { db, dictionary, asOf, tallies }: PageWriter,
): Promise<{ readonly granted: number; readonly revoked: number }> => {
  const held = ids.map(({ n, id }) => {
    const { subject, isMore = false } = page[n] as HashedSubject;
    return { id, rawType: storable(subject.rawType), isMore, all: [...heldBy(subject).values()] };
  });
  await dictionary.learn(held.flatMap(({ all }) => all));
  const old = ids.filter(({ n }) => (before.get(n)?.held ?? null) !== null).map(({ id }) => id);
  const open = await readOpen(db, old);
  const added: (Place & { readonly subject: number })[] = [];
  const gone: number[] = [];
  for (const { id, rawType, isMore, all } of held) {
    const rest = open.get(id) ?? new Map<string, OpenAssignment>();
    const known = [...rest.values()];
    const places = all.map(({ roleName, scope }): Place => ({
      role: dictionary.roleId(roleName),
      scope: dictionary.scopeId(scope),
    }));
    for (const place of places) if (!rest.delete(placeKey(place))) added.push({ ...place, subject: id });
    const after = isMore ? [...places, ...rest.values()] : places;
    if (!isMore) gone.push(...[...rest.values()].map((assignment) => assignment.id));
    tallies.count({ rawType, before: known, after });
  }
  if (added.length > 0) {
    await sql`
      insert into assignment (subject_id, role_id, scope_id, valid_from)
      select subject_id, role_id, scope_id, ${asOf}::timestamptz
      from unnest(
        ${added.map(({ subject }) => subject)}::bigint[],
        ${added.map(({ role }) => role)}::integer[],
        ${added.map(({ scope }) => scope)}::bigint[]
      ) as added (subject_id, role_id, scope_id)
    `.execute(db);
  }
  if (gone.length > 0) {
    await sql`update assignment set valid_to = ${asOf} where id = any(${gone}::bigint[])`.execute(db);
  }
  await tallies.writeMuch();
  return { granted: added.length, revoked: gone.length };
};
