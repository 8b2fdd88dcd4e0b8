import { type Kysely, sql, type SqlBool } from 'kysely';
import type { PlaceHolders } from '../../access/scope-access.ts';
import type { Scope, Subject } from '../../model/subject.ts';
import type { StoredComponent, Tables } from '../database/tables.ts';
import type { Condition } from '../reading/conditions.ts';
import { allOf, conditionsOf } from '../reading/conditions.ts';
import { subjectHolding } from '../reading/subjects-at.ts';
import { stored } from '../storable-text.ts';
import { checkRows, heldAt, maxRows } from './tallies.ts';

/** Somebody who holds something, by number: what else it holds is read where it is shown. */
export interface StoredHolder {
  readonly id: number;
  readonly reference: string;
  readonly rawType: string;
}

/** Those who hold something with an effect at a place, themselves, in no particular order. */
export const readHolders = async (
  db: Kysely<Tables>,
  asOfMs: number,
  { scopes, isGlobal, roleName }: PlaceHolders & { readonly roleName?: string | undefined },
): Promise<readonly StoredHolder[]> => {
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
  const { rows } = await sql<StoredHolder>`
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

/** What subjects held, whole. */
export const readSubjects = async (
  db: Kysely<Tables>,
  asOfMs: number,
  holders: readonly StoredHolder[],
): Promise<ReadonlyMap<number, Subject>> => {
  const ids = holders.map(({ id }) => id);
  const { rows } = await sql<{
    subject_id: number;
    role_name: string;
    components: readonly StoredComponent[] | null;
  }>`
    select a.subject_id, r.name as role_name, p.components
    from assignment a join role r on r.id = a.role_id left join scope p on p.id = a.scope_id
    where a.subject_id = any(${ids}::bigint[]) and ${heldAt(asOfMs)} order by a.id
  `.execute(db);
  const grouped = new Map<number, (typeof rows)[number][]>();
  for (const row of rows) {
    const known = grouped.get(row.subject_id);
    if (known === undefined) grouped.set(row.subject_id, [row]);
    else known.push(row);
  }
  return new Map(holders.map((holder) => [holder.id, subjectHolding(holder, grouped.get(holder.id) ?? [])]));
};
