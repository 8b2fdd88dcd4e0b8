import { type RawBuilder, sql, type SqlBool } from 'kysely';
import { rawSubjectTypeOf, subjectTypes } from '../../model/subject.ts';
import type { RecordFilter } from '../record.ts';
import { cutAfter, keptOfCut, storable } from '../storable-text.ts';

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

/** Of a column: those texts that are shown as this one is. What was cut can be asked for whole, or as it is shown. */
const isShownAs = (column: RawBuilder<unknown>, text: string): Condition => {
  const kept = keptOfCut(text);
  if (kept === undefined) return sql<SqlBool>`${column} = ${storable(text)}`;
  return sql<SqlBool>`(${column} = ${`${kept}…`} or starts_with(${column}, ${cutAfter(kept)}))`;
};

/** Words for the type that this version knows. */
const knownRawTypes = subjectTypes.filter((type) => type !== 'UNKNOWN').map(rawSubjectTypeOf);

/** What a filter asks of `assignment a`, `subject s` and `role r`. */
export const conditionsOf = ({ subject, roleName, scope }: RecordFilter): readonly Condition[] => {
  const conditions: Condition[] = [];
  if (subject !== undefined) {
    const { reference, type, rawType } = subject;
    conditions.push(isShownAs(sql.ref('s.reference'), reference));
    if (rawType !== undefined) conditions.push(isShownAs(sql.ref('s.raw_type'), rawType));
    if (type === 'UNKNOWN') conditions.push(sql<SqlBool>`s.raw_type <> all(${knownRawTypes}::text[])`);
    else if (type !== undefined) conditions.push(sql<SqlBool>`s.raw_type = ${rawSubjectTypeOf(type)}`);
  }
  if (roleName !== undefined) conditions.push(isShownAs(sql.ref('r.name'), roleName));
  if (scope !== undefined) {
    if (scope.length === 0) {
      conditions.push(sql<SqlBool>`a.scope_id in (select id from scope where components = '[]'::jsonb)`);
    }
    for (const { field, uuid } of scope) {
      conditions.push(
        sql<SqlBool>`a.scope_id in (
          select scope_id from scope_component where ${isShownAs(sql.ref('uuid'), uuid)} and ${isShownAs(sql.ref('field'), field)}
        )`,
      );
    }
  }
  return conditions;
};
