import { type Kysely, sql, type SqlBool } from 'kysely';
import type { PlaceHolders } from '../../access/scope-access.ts';
import type { Scope } from '../../model/subject.ts';
import type { Tables } from '../database/tables.ts';
import { allOf, type Condition, conditionsOf, heldAt } from '../reading/conditions.ts';
import type { NumberedSubject } from '../reading/subjects-at.ts';
import { stored } from '../storable-text.ts';
import { checkRows, maxRows } from './tallies.ts';

/** Those who hold something with an effect at a place, themselves, in no particular order. What else each holds is read where it is shown. */
export const readHolders = async (
  db: Kysely<Tables>,
  asOfMs: number,
  { scopes, isGlobal, roleName }: PlaceHolders & { readonly roleName?: string | undefined },
): Promise<readonly NumberedSubject[]> => {
  const places: Condition[] = scopes.map(({ components }) => allOf(conditionsOf({ scope: components })));
  if (isGlobal) places.push(sql<SqlBool>`a.scope_id is null`);
  if (places.length === 0) return [];
  const role = roleName === undefined ? [] : conditionsOf({ roleName });
  // Each place by itself goes along an index.
  const sides = places.map(
    (place) => sql`
      select a.subject_id from assignment a join role r on r.id = a.role_id
      where ${allOf([place, heldAt(asOfMs), ...role])}
    `,
  );
  const { rows } = await sql<NumberedSubject>`
    select s.id, s.reference, s.raw_type as "rawType" from subject s
    where s.id in (${sql.join(sides, sql` union `)}) limit ${maxRows + 1}
  `.execute(db);
  checkRows(rows.length, 'subjects');
  return rows.map(({ id, reference, rawType }) => ({ id, reference: stored(reference), rawType: stored(rawType) }));
};

/** Whether anybody holds anything at a scope that has all of these components. */
export const isNamed = async (
  db: Kysely<Tables>,
  asOfMs: number,
  { components }: Pick<Scope, 'components'>,
): Promise<boolean> => {
  const conditions = [heldAt(asOfMs), ...conditionsOf({ scope: components })];
  const { rows } = await sql<{ isNamed: boolean }>`
    select exists (select from assignment a where ${allOf(conditions)}) as "isNamed"
  `.execute(db);
  return rows[0]?.isNamed === true;
};
