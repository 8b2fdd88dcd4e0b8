import { type Kysely, sql, type SqlBool } from 'kysely';
import type { Tables } from '../database/tables.ts';
import type { AssignmentKey, RecordedAssignment, RecordFilter } from '../record.ts';
import { stored } from '../storable-text.ts';
import { allOf, type Condition, conditionsOf, heldAt } from './conditions.ts';
import { type AssignmentRow, scopeOf, subjectOf } from './rows.ts';
import type { Bound, KeyedTable } from './window.ts';

interface HeldRow extends AssignmentRow {
  readonly valid_from: Date;
  readonly valid_to: Date | null;
}

/** What held at a time and meets a filter: by reference, word for the type, role and number. */
export const assignmentsTable = (
  db: Kysely<Tables>,
  timeMs: number,
  filter: RecordFilter,
): KeyedTable<RecordedAssignment, AssignmentKey> => {
  const held: readonly Condition[] = [heldAt(timeMs), ...conditionsOf(filter)];
  return {
    async read(bounds, order, limit) {
      const direction = order === 'forward' ? sql`asc` : sql`desc`;
      const { rows } = await sql<HeldRow>`
        select a.id, s.reference, s.raw_type, r.name as role_name, p.components, a.valid_from, a.valid_to
        from assignment a
        join subject s on s.id = a.subject_id
        join role r on r.id = a.role_id
        left join scope p on p.id = a.scope_id
        where ${allOf([...held, ...bounds.flatMap(conditionsOfBound)])}
        order by s.reference ${direction}, s.raw_type ${direction}, r.name ${direction}, a.id ${direction}
        limit ${limit}
      `.execute(db);
      return rows.map(assignmentOf);
    },
    async count() {
      const { rows } = await sql<{ total: number }>`
        select count(*) as total from assignment a
        join subject s on s.id = a.subject_id
        join role r on r.id = a.role_id
        where ${allOf(held)}
      `.execute(db);
      return rows[0]?.total ?? 0;
    },
  };
};

const operators = {
  after: sql.raw('>'),
  atOrAfter: sql.raw('>='),
  before: sql.raw('<'),
  atOrBefore: sql.raw('<='),
};

/** The reference by itself is what an index can begin at. */
const conditionsOfBound = ({ relation, key }: Bound<AssignmentKey>): readonly Condition[] => {
  const { reference, rawType, roleName, sequence } = key;
  const isAfter = relation === 'after' || relation === 'atOrAfter';
  return [
    sql<SqlBool>`s.reference ${isAfter ? operators.atOrAfter : operators.atOrBefore} ${reference}`,
    sql<SqlBool>`(s.reference, s.raw_type, r.name, a.id) ${operators[relation]} (${reference}, ${rawType}, ${roleName}, ${sequence}::bigint)`,
  ];
};

const assignmentOf = (row: HeldRow): RecordedAssignment => ({
  subject: subjectOf(row),
  roleName: stored(row.role_name),
  scope: scopeOf(row),
  fromMs: row.valid_from.getTime(),
  untilMs: row.valid_to?.getTime() ?? null,
  // As the database has it: that is what it is compared with.
  key: { reference: row.reference, rawType: row.raw_type, roleName: row.role_name, sequence: row.id },
});
