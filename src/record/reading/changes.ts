import { type Kysely, sql, type SqlBool } from 'kysely';
import type { Tables } from '../database/tables.ts';
import type { AccessChange, ChangeKey, ChangeKind, ChangesFilter } from '../record.ts';
import { stored } from '../storable-text.ts';
import { allOf, type Condition, conditionsOf, timeOf } from './conditions.ts';
import { type AssignmentRow, scopeOf, subjectOf } from './rows.ts';
import type { Bound, KeyedTable } from './window.ts';

interface ChangeRow extends AssignmentRow {
  readonly kind: ChangeKind;
  readonly seen_at: Date;
  readonly not_before: Date;
}

/** The column that tells when a change of a kind was seen. */
const seenAt = { GRANTED: sql.ref('a.valid_from'), REVOKED: sql.ref('a.valid_to') };

/** Changes that meet a filter, newest first. What the first census of the record showed is none. */
export const changesTable = (db: Kysely<Tables>, filter: ChangesFilter): KeyedTable<AccessChange, ChangeKey> => {
  const kinds = (['GRANTED', 'REVOKED'] as const).filter((kind) => filter.kinds?.includes(kind) ?? true);

  const whereOf = (kind: ChangeKind, bounds: readonly Bound<ChangeKey>[]): Condition => {
    const seen = seenAt[kind];
    const conditions = [...conditionsOf(filter), sql<SqlBool>`${seen} > (select min(as_of) from census)`];
    if (filter.sinceMs !== undefined) conditions.push(sql<SqlBool>`${seen} >= ${timeOf(filter.sinceMs)}`);
    if (filter.untilMs !== undefined) conditions.push(sql<SqlBool>`${seen} < ${timeOf(filter.untilMs)}`);
    for (const { relation, key } of bounds) {
      conditions.push(
        sql<SqlBool>`(${seen}, a.id) ${operators[relation]} (${timeOf(key.seenAtMs)}::timestamptz, ${key.sequence}::bigint)`,
      );
    }
    return allOf(conditions);
  };

  return {
    async read(bounds, order, limit) {
      if (kinds.length === 0) return [];
      const direction = order === 'forward' ? sql`desc` : sql`asc`;
      const sides = kinds.map(
        (kind) => sql`(
          select a.id, ${kind}::text as kind, s.reference, s.raw_type, r.name as role_name, p.components,
            c.as_of as seen_at, c.previous as not_before
          from assignment a
          join subject s on s.id = a.subject_id
          join role r on r.id = a.role_id
          join census c on c.as_of = ${seenAt[kind]}
          left join scope p on p.id = a.scope_id
          where ${whereOf(kind, bounds)}
          order by ${seenAt[kind]} ${direction}, a.id ${direction}
          limit ${limit}
        )`,
      );
      const { rows } = await sql<ChangeRow>`
        select * from (${sql.join(sides, sql` union all `)}) as change
        order by seen_at ${direction}, id ${direction} limit ${limit}
      `.execute(db);
      return rows.map(changeOf);
    },
    async count() {
      if (kinds.length === 0) return 0;
      const sides = kinds.map(
        (kind) => sql`(
          select count(*) from assignment a
          join subject s on s.id = a.subject_id
          join role r on r.id = a.role_id
          where ${whereOf(kind, [])}
        )`,
      );
      const { rows } = await sql<{ total: number }>`select ${sql.join(sides, sql` + `)} as total`.execute(db);
      return rows[0]?.total ?? 0;
    },
  };
};

/** Newest first: what comes after in the list has a smaller key. */
const operators = {
  after: sql.raw('<'),
  atOrAfter: sql.raw('<='),
  before: sql.raw('>'),
  atOrBefore: sql.raw('>='),
};

const changeOf = (row: ChangeRow): AccessChange => {
  const seenAtMs = row.seen_at.getTime();
  return {
    id: `${row.kind === 'GRANTED' ? 'g' : 'r'}${row.id}`,
    kind: row.kind,
    subject: subjectOf(row),
    roleName: stored(row.role_name),
    scope: scopeOf(row),
    seenAtMs,
    notBeforeMs: row.not_before.getTime(),
    key: { seenAtMs, sequence: row.id },
  };
};
