import { type Kysely, sql } from 'kysely';
import { createScope, createSubject, kindOfScopeField, type RoleContent, type Subject } from '../../model/subject.ts';
import type { Tables } from '../database/tables.ts';
import type { StoredNames } from './write-page.ts';

/** An entry of a list that shows something else than what is stored of its subject. */
export interface StagedEntry {
  /** In the words that are stored. */
  readonly reference: string;
  readonly rawType: string;
  /** Undefined: nothing is stored of it. */
  readonly id: number | undefined;
  readonly subject: Subject;
}

/** All entries of a subject put together. */
export type StagedSubject = Pick<StagedEntry, 'id' | 'subject'>;

/** Entries that are read at a time. */
const chunkSize = 1000;

/** Makes empty tables that this session alone sees, and that end with it. Nothing of them outlives a server that breaks down, so they are written without a log. */
export const makeStage = async (db: Kysely<Tables>): Promise<void> => {
  await removeStage(db);
  await sql`
    create temporary table record_stage (
      reference text collate "C" not null, raw_type text collate "C" not null,
      n bigint not null generated always as identity, subject_id bigint, content text not null
    )
  `.execute(db);
  await sql`
    create temporary table record_empty (
      reference text collate "C" not null, raw_type text collate "C" not null, primary key (reference, raw_type)
    )
  `.execute(db);
};

export const removeStage = async (db: Kysely<Tables>): Promise<void> => {
  await sql`drop table if exists pg_temp.record_stage, pg_temp.record_empty`.execute(db);
};

/** Notes entries of subjects that hold nothing, of which nothing is stored. */
export const addEmpty = async (db: Kysely<Tables>, { references, rawTypes }: StoredNames): Promise<void> => {
  await sql`
    insert into pg_temp.record_empty select * from unnest(${references}::text[], ${rawTypes}::text[])
    on conflict do nothing
  `.execute(db);
};

/** How many subjects hold nothing, each once, after everything else is written. */
export const countEmpty = async (db: Kysely<Tables>): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::bigint as count from pg_temp.record_empty as empty
    where not exists (
      select from subject
      where subject.reference = empty.reference and subject.raw_type = empty.raw_type and subject.held is not null
    )
  `.execute(db);
  return rows[0]?.count ?? 0;
};

export const addStaged = async (db: Kysely<Tables>, entries: readonly StagedEntry[]): Promise<void> => {
  await sql`
    insert into pg_temp.record_stage (reference, raw_type, subject_id, content)
    select * from unnest(
      ${entries.map(({ reference }) => reference)}::text[],
      ${entries.map(({ rawType }) => rawType)}::text[],
      ${entries.map(({ id }) => id ?? null)}::bigint[],
      ${entries.map(({ subject }) => writeContent(subject))}::text[]
    )
  `.execute(db);
};

interface StageRow {
  readonly reference: string;
  readonly raw_type: string;
  readonly n: number;
  readonly subject_id: number | null;
  readonly content: string;
}

/** Every subject that was put aside once, with the roles of all its entries, some at a time. */
export async function* readStaged(db: Kysely<Tables>): AsyncGenerator<readonly StagedSubject[]> {
  await sql`create index record_stage_order on pg_temp.record_stage (reference, raw_type, n)`.execute(db);
  await sql`analyze pg_temp.record_stage`.execute(db);
  let last: StageRow | undefined;
  /** Entries of the last subject, of which the next chunk may have more. */
  let rest: StageRow[] = [];
  for (;;) {
    const { rows }: { rows: StageRow[] } = await sql<StageRow>`
      select reference, raw_type, n, subject_id, content from pg_temp.record_stage
      where (reference, raw_type, n) > (${last?.reference ?? ''}, ${last?.raw_type ?? ''}, ${last?.n ?? 0}::bigint)
      order by reference, raw_type, n limit ${chunkSize}
    `.execute(db);
    last = rows.at(-1) ?? last;
    const groups = groupsOf([...rest, ...rows]);
    rest = rows.length < chunkSize ? [] : (groups.pop() ?? []);
    if (groups.length > 0) yield groups.map(subjectOf);
    if (rows.length < chunkSize) return;
  }
}

/** Rows that follow each other and are of one subject. */
const groupsOf = (rows: readonly StageRow[]): StageRow[][] => {
  const groups: StageRow[][] = [];
  for (const row of rows) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    if (group !== undefined && first?.reference === row.reference && first.raw_type === row.raw_type) group.push(row);
    else groups.push([row]);
  }
  return groups;
};

const subjectOf = (rows: readonly StageRow[]): StagedSubject => {
  const contents = rows.map(({ content }) => readContent(content));
  const [{ reference, rawType }] = contents as [Content];
  const id = rows.find(({ subject_id: known }) => known !== null)?.subject_id ?? undefined;
  return {
    id,
    subject: createSubject(
      reference,
      rawType,
      contents.flatMap(({ roles }) => roles),
    ),
  };
};

interface Content {
  readonly reference: string;
  readonly rawType: string;
  readonly roles: readonly RoleContent[];
}

type WrittenRole = readonly [name: string, scopes: readonly (readonly (readonly [field: string, uuid: string])[])[]];

/** As JSON, which has an escape for everything that PostgreSQL does not take. */
const writeContent = ({ reference, rawType, roles }: Subject): string =>
  JSON.stringify([
    reference,
    rawType,
    roles.map(({ name, scopes }): WrittenRole => [
      name,
      scopes.map(({ components }) => components.map(({ field, uuid }) => [field, uuid])),
    ]),
  ]);

const readContent = (text: string): Content => {
  const [reference, rawType, roles] = JSON.parse(text) as [string, string, readonly WrittenRole[]];
  return {
    reference,
    rawType,
    roles: roles.map(([name, scopes]) => ({
      name,
      scopes: scopes.map((components) =>
        createScope(components.map(([field, uuid]) => ({ kind: kindOfScopeField(field), field, uuid }))),
      ),
    })),
  };
};
