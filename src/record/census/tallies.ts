import { type Kysely, sql, type SqlBool } from 'kysely';
import type { KindCount, RoleTally, ScopeTally, TypeCount } from '../../access/census/census.ts';
import { compareScopes } from '../../access/census/scope-keys.ts';
import { compareTexts } from '../../access/census/sort.ts';
import { GatewayError } from '../../model/errors.ts';
import { type ScopeKind, subjectTypeOf } from '../../model/subject.ts';
import type { StoredComponent, Tables } from '../database/tables.ts';
import { allOf, heldAt } from '../reading/conditions.ts';
import { scopeOf } from '../reading/rows.ts';
import { storable, stored } from '../storable-text.ts';

/**
 * Rows that one question holds at a time: some 50 MB. Lists are put in order here and not by the database, so that order and cursors are exactly those of a census in
 * memory.
 */
export const maxRows = 200_000;

/** Throws `CALL_BUDGET_EXCEEDED` where a question would hold too much. */
export const checkRows = (count: number, what: string): void => {
  if (count <= maxRows) return;
  throw new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    `This account has no room in memory, so its record answers, and that does not list more than ${maxRows} ${what}. Ask for fewer: a kind, a role or a type; or whoever runs the gateway can raise ROLESCOPE_CACHE_MAX_BYTES.`,
  );
};

/**
 * By name. Who holds a role several times counts once: by subject and role first, which is the order of an index, because a server takes four times as long to count distinct
 * ones of millions.
 */
export const readRoles = async (db: Kysely<Tables>, asOfMs: number): Promise<readonly RoleTally[]> => {
  const { rows } = await sql<{ name: string; holders: number; globals: number; scopes: number }>`
    select r.name, holding.holders, holding.globals, coalesce(places.scopes, 0) as scopes from role r
    join (
      select role_id, count(*) as holders, sum(globals)::bigint as globals from (
        select a.role_id, count(*) filter (where a.scope_id is null) as globals
        from assignment a where ${heldAt(asOfMs)} group by a.subject_id, a.role_id
      ) each group by role_id
    ) holding on holding.role_id = r.id
    left join (
      select role_id, count(*) as scopes from (
        select a.role_id from assignment a where ${heldAt(asOfMs)} and a.scope_id is not null group by a.role_id, a.scope_id
      ) each group by role_id
    ) places on places.role_id = r.id
  `.execute(db);
  return rows
    .map(({ name, holders, globals, scopes }) => ({
      name: stored(name),
      holderCount: holders,
      globalHolderCount: globals,
      scopeCount: scopes,
    }))
    .sort((one, other) => compareTexts(one.name, other.name));
};

interface ScopeRow {
  readonly id: number;
  readonly components: readonly StoredComponent[];
  readonly holders: number;
  readonly roles: number;
}

/** A scope, and its number in the database. */
export interface StoredScopeTally extends ScopeTally {
  readonly id: number;
}

interface ScopesWanted {
  readonly kind?: ScopeKind | undefined;
  readonly roleName?: string | undefined;
}

/** By kind, uuid and further components: those where somebody holds something, or this role. */
export const readScopes = async (
  db: Kysely<Tables>,
  asOfMs: number,
  { kind, roleName }: ScopesWanted,
): Promise<readonly StoredScopeTally[]> => {
  const conditions = [heldAt(asOfMs), sql<SqlBool>`a.scope_id is not null`];
  if (roleName !== undefined) {
    conditions.push(sql<SqlBool>`a.role_id = (select id from role where name = ${storable(roleName)})`);
  }
  const held = allOf(conditions);
  const { rows } = await sql<ScopeRow>`
    select p.id, p.components, holding.holders, naming.roles from scope p
    join (
      select scope_id, count(*) as holders from (
        select a.scope_id from assignment a where ${held} group by a.subject_id, a.scope_id
      ) each group by scope_id limit ${maxRows + 1}
    ) holding on holding.scope_id = p.id
    join (
      select scope_id, count(*) as roles from (
        select a.scope_id from assignment a where ${held} group by a.role_id, a.scope_id
      ) each group by scope_id
    ) naming on naming.scope_id = p.id
  `.execute(db);
  checkRows(rows.length, 'scopes');
  return rows
    .flatMap(({ id, components, holders, roles }) => {
      const scope = scopeOf({ components });
      if (scope === null || (kind !== undefined && scope.kind !== kind)) return [];
      return [{ id, scope, holderCount: holders, roleCount: roles }];
    })
    .sort((one, other) => compareScopes(one.scope, other.scope));
};

export const countKinds = (tallies: readonly StoredScopeTally[]): readonly KindCount[] => {
  const counts = new Map<ScopeKind, number>();
  for (const { scope } of tallies) counts.set(scope.kind, (counts.get(scope.kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.kind, other.kind));
};

/** Of those who hold something: others are not recorded. */
export const readTypes = async (db: Kysely<Tables>, asOfMs: number): Promise<readonly TypeCount[]> => {
  const { rows } = await sql<{ raw_type: string; count: number }>`
    select s.raw_type, count(*) as count from subject s
    where exists (select from assignment a where a.subject_id = s.id and ${heldAt(asOfMs)}) group by s.raw_type
  `.execute(db);
  return rows
    .map(({ raw_type: rawType, count }) => ({ type: subjectTypeOf(stored(rawType)), rawType: stored(rawType), count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.rawType, other.rawType));
};

/** Assignments: one subject, one role, and one scope or everywhere. */
export const countAssignments = async (db: Kysely<Tables>, asOfMs: number): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from assignment a where ${heldAt(asOfMs)}
  `.execute(db);
  return rows[0]?.count ?? 0;
};

/** How many hold each role at each scope: `[role][scope]`. */
export const countCells = async (
  db: Kysely<Tables>,
  asOfMs: number,
  { roleNames, scopeIds }: { readonly roleNames: readonly string[]; readonly scopeIds: readonly number[] },
): Promise<readonly (readonly number[])[]> => {
  const { rows } = await sql<{ name: string; scope_id: number; count: number }>`
    select r.name, a.scope_id, count(*) as count from assignment a join role r on r.id = a.role_id
    where a.scope_id = any(${scopeIds}::bigint[]) and r.name = any(${roleNames.map(storable)}::text[]) and ${heldAt(asOfMs)}
    group by r.name, a.scope_id
  `.execute(db);
  const cells = roleNames.map(() => scopeIds.map(() => 0));
  const columns = new Map(scopeIds.map((id, column) => [id, column]));
  const lines = new Map(roleNames.map((name, line) => [storable(name), line]));
  for (const { name, scope_id: id, count } of rows) {
    const cellsOfRole = cells[lines.get(name) ?? -1];
    const column = columns.get(id);
    if (cellsOfRole !== undefined && column !== undefined) cellsOfRole[column] = count;
  }
  return cells;
};
