import { type Kysely, sql } from 'kysely';
import type { Subject } from '../../model/subject.ts';
import type { Tables } from '../database/tables.ts';
import { storable } from '../storable-text.ts';
import type { BitSet } from './bit-set.ts';
import type { Dictionary } from './dictionary.ts';
import { heldBy } from './held.ts';

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

/** Of subjects, in the words that are stored: those that the database has, by their place in the list. */
export const findStored = async (
  db: Kysely<Tables>,
  references: readonly string[],
  rawTypes: readonly string[],
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
  const references = page.map(({ subject }) => storable(subject.reference));
  const rawTypes = page.map(({ subject }) => storable(subject.rawType));
  const before = await findStored(db, references, rawTypes);
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

/** Brings the open assignments of subjects to what they hold now. */
const writeHeld = async (
  page: readonly HashedSubject[],
  ids: readonly { readonly n: number; readonly id: number }[],
  before: ReadonlyMap<number, StoredSubject>,
  { db, dictionary, asOf }: PageWriter,
): Promise<{ readonly granted: number; readonly revoked: number }> => {
  const held = new Map(ids.map(({ n, id }) => [id, [...heldBy((page[n] as HashedSubject).subject).values()]]));
  await dictionary.learn([...held.values()].flat());
  // By subject: role and scope of each open assignment, and its id.
  const open = new Map<number, Map<string, number>>();
  const old = ids.filter(({ n }) => (before.get(n)?.held ?? null) !== null).map(({ id }) => id);
  if (old.length > 0) {
    const { rows } = await sql<{ id: number; subject_id: number; role_id: number; scope_id: number | null }>`
      select id, subject_id, role_id, scope_id from assignment
      where subject_id = any(${old}::bigint[]) and valid_to is null
    `.execute(db);
    for (const { id, subject_id: subject, role_id: role, scope_id: scope } of rows) {
      let ofSubject = open.get(subject);
      if (ofSubject === undefined) open.set(subject, (ofSubject = new Map()));
      ofSubject.set(`${role} ${scope}`, id);
    }
  }
  const added: { subjects: number[]; roles: number[]; scopes: (number | null)[] } = {
    subjects: [],
    roles: [],
    scopes: [],
  };
  for (const [subject, all] of held) {
    const ofSubject = open.get(subject);
    for (const { roleName, scope } of all) {
      const [role, place] = [dictionary.roleId(roleName), dictionary.scopeId(scope)];
      if (ofSubject?.delete(`${role} ${place}`) === true) continue;
      added.subjects.push(subject);
      added.roles.push(role);
      added.scopes.push(place);
    }
  }
  if (added.subjects.length > 0) {
    await sql`
      insert into assignment (subject_id, role_id, scope_id, valid_from)
      select subject_id, role_id, scope_id, ${asOf}::timestamptz
      from unnest(${added.subjects}::bigint[], ${added.roles}::integer[], ${added.scopes}::bigint[])
        as added (subject_id, role_id, scope_id)
    `.execute(db);
  }
  const more = new Set(ids.filter(({ n }) => page[n]?.isMore === true).map(({ id }) => id));
  const gone = [...open].flatMap(([subject, ofSubject]) => (more.has(subject) ? [] : [...ofSubject.values()]));
  if (gone.length > 0) {
    await sql`update assignment set valid_to = ${asOf} where id = any(${gone}::bigint[])`.execute(db);
  }
  return { granted: added.subjects.length, revoked: gone.length };
};
