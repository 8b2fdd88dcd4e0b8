import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { rawSubjectTypeOf, subjectTypes } from '../../model/subject.ts';
import type { RecordFilter } from '../record.ts';
import { storable } from '../storable-text.ts';

export type Condition = RawBuilder<SqlBool>;

/** All of them; nothing is a condition that is always met. */
export const allOf = (conditions: readonly Condition[]): Condition =>
  conditions.length === 0 ? sql<SqlBool>`true` : sql<SqlBool>`${sql.join(conditions, sql` and `)}`;

/** The end of the year 9999. */
const furthestMs = 253_402_300_799_999;

/** A time as a parameter. What lies before 1970 or after 9999 is taken for these: no census is from then. */
export const timeOf = (ms: number): Date => new Date(Math.min(furthestMs, Math.max(0, Math.trunc(ms))));

/** What held at a time: of `assignment a`. */
export const heldAt = (timeMs: number): Condition => {
  const time = timeOf(timeMs);
  return sql<SqlBool>`a.valid_from <= ${time} and (a.valid_to is null or a.valid_to > ${time})`;
};

/** Words for the type that this version knows. */
const knownRawTypes = subjectTypes.filter((type) => type !== 'UNKNOWN').map(rawSubjectTypeOf);

/** What a filter asks of `assignment a`, `subject s` and `role r`. */
export const conditionsOf = ({ subject, roleName, scope }: RecordFilter): readonly Condition[] => {
  const conditions: Condition[] = [];
  if (subject !== undefined) {
    const { reference, type, rawType } = subject;
    conditions.push(sql<SqlBool>`s.reference = ${storable(reference)}`);
    if (rawType !== undefined) conditions.push(sql<SqlBool>`s.raw_type = ${storable(rawType)}`);
    if (type === 'UNKNOWN') conditions.push(sql<SqlBool>`s.raw_type <> all(${knownRawTypes}::text[])`);
    else if (type !== undefined) conditions.push(sql<SqlBool>`s.raw_type = ${rawSubjectTypeOf(type)}`);
  }
  if (roleName !== undefined) conditions.push(sql<SqlBool>`r.name = ${storable(roleName)}`);
  if (scope !== undefined) {
    if (scope.length === 0) {
      conditions.push(sql<SqlBool>`a.scope_id in (select id from scope where components = '[]'::jsonb)`);
    }
    for (const { field, uuid } of scope) {
      conditions.push(
        sql<SqlBool>`a.scope_id in (
          select scope_id from scope_component where uuid = ${storable(uuid)} and field = ${storable(field)}
        )`,
      );
    }
  }
  return conditions;
};
