import { type Kysely, sql } from 'kysely';
import type { KindCount, RoleTally, ScopeTally, TypeCount } from '../../access/census/census.ts';
import { compareTexts } from '../../access/census/sort.ts';
import { GatewayError } from '../../model/errors.ts';
import { type ScopeKind, subjectTypeOf } from '../../model/subject.ts';
import { anyRole, anyScope, everywhere, type StoredComponent, type Tables } from '../database/tables.ts';
import { heldAt } from '../reading/conditions.ts';
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

/** A scope, and its number in the database. */
export interface StoredScopeTally extends ScopeTally {
  readonly id: number;
}

/** Counts of the last census. */
interface Counted {
  readonly asOfMs: number;
  readonly subjectCount: number;
  /** Assignments: one subject, one role, and one scope or everywhere. */
  readonly assignmentCount: number;
  /** By name. */
  readonly roles: readonly RoleTally[];
  /** Those where somebody holds something, in no particular order. */
  readonly scopes: readonly StoredScopeTally[];
  /** Of those who hold something: others are not recorded. Largest first. */
  readonly subjectTypes: readonly TypeCount[];
}

/** Everything that is read is of one census, whatever is recorded meanwhile. */
const atOneTime = <Value>(db: Kysely<Tables>, read: (db: Kysely<Tables>) => Promise<Value>): Promise<Value> =>
  db.transaction().setIsolationLevel('repeatable read').execute(read);

/** As the recording has kept them. Undefined before the first census; `as before` where the last one is that of `knownMs`. */
export const readCounted = (
  db: Kysely<Tables>,
  knownMs: number | undefined,
): Promise<Counted | 'as before' | undefined> =>
  atOneTime(db, async (now) => {
    const last = await now
      .selectFrom('census')
      .select(['as_of', 'subject_count'])
      .orderBy('as_of', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (last === undefined) return undefined;
    const asOfMs = last.as_of.getTime();
    if (asOfMs === knownMs) return 'as before';
    return {
      asOfMs,
      subjectCount: last.subject_count,
      assignmentCount: await countAssignments(now),
      roles: await readRoles(now),
      scopes: await readScopes(now),
      subjectTypes: await readTypes(now),
    };
  });

const countAssignments = async (db: Kysely<Tables>): Promise<number> => {
  const { rows } = await sql<{ count: number }>`
    select coalesce(sum(holders), 0)::bigint as count from tally where role_id <> ${anyRole} and scope_id <> ${anyScope}
  `.execute(db);
  return rows[0]?.count ?? 0;
};

const readRoles = async (db: Kysely<Tables>): Promise<readonly RoleTally[]> => {
  const { rows } = await sql<{ name: string; holders: number; globals: number; scopes: number }>`
    select r.name, holding.holders, coalesce(global.holders, 0) as globals, coalesce(places.scopes, 0) as scopes
    from tally holding join role r on r.id = holding.role_id
    left join tally global on global.role_id = r.id and global.scope_id = ${everywhere}
    left join (
      select role_id, count(*) as scopes from tally where role_id <> ${anyRole} and scope_id > 0 group by role_id
    ) places on places.role_id = r.id
    where holding.scope_id = ${anyScope}
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

const readTypes = async (db: Kysely<Tables>): Promise<readonly TypeCount[]> => {
  const found = await db.selectFrom('type_tally').selectAll().execute();
  return found
    .map(({ raw_type: rawType, subjects }) => ({
      type: subjectTypeOf(stored(rawType)),
      rawType: stored(rawType),
      count: subjects,
    }))
    .sort((one, other) => other.count - one.count || compareTexts(one.rawType, other.rawType));
};

interface ScopeRow {
  readonly id: number;
  readonly components: readonly StoredComponent[];
  readonly holders: number;
  readonly roles: number;
}

const readScopes = async (db: Kysely<Tables>): Promise<readonly StoredScopeTally[]> => {
  const { rows } = await sql<ScopeRow>`
    select p.id, p.components, holding.holders, naming.roles
    from (select scope_id, holders from tally where role_id = ${anyRole} limit ${maxRows + 1}) holding
    join scope p on p.id = holding.scope_id
    join (
      select scope_id, count(*) as roles from tally where role_id <> ${anyRole} and scope_id > 0 group by scope_id
    ) naming on naming.scope_id = p.id
  `.execute(db);
  return talliesOf(rows);
};

interface ScopesOfRole {
  readonly roleName: string;
  readonly kind?: ScopeKind | undefined;
}

/** Where a role is held, in no particular order: whoever lists it puts it in order. Where another census has been recorded since, all who held it are counted through. */
export const readScopesOfRole = (
  db: Kysely<Tables>,
  asOfMs: number,
  { roleName, kind }: ScopesOfRole,
): Promise<readonly StoredScopeTally[]> =>
  atOneTime(db, async (now) => {
    const role = sql`(select id from role where name = ${storable(roleName)})`;
    const holding = (await isLast(now, asOfMs))
      ? sql`select scope_id, holders from tally where role_id = ${role} and scope_id > 0`
      : sql`
          select scope_id, count(*) as holders from assignment a
          where ${heldAt(asOfMs)} and a.scope_id is not null and a.role_id = ${role} group by scope_id
        `;
    const { rows } = await sql<ScopeRow>`
      select p.id, p.components, holding.holders, 1 as roles
      from (${holding} limit ${maxRows + 1}) holding join scope p on p.id = holding.scope_id
    `.execute(now);
    return talliesOf(rows).filter(({ scope }) => kind === undefined || scope.kind === kind);
  });

const isLast = async (db: Kysely<Tables>, asOfMs: number): Promise<boolean> => {
  const { last } = await db
    .selectFrom('census')
    .select((of) => of.fn.max('as_of').as('last'))
    .executeTakeFirstOrThrow();
  return last.getTime() === asOfMs;
};

const talliesOf = (rows: readonly ScopeRow[]): readonly StoredScopeTally[] => {
  checkRows(rows.length, 'scopes');
  return rows.flatMap(({ id, components, holders, roles }) => {
    const scope = scopeOf({ components });
    return scope === null ? [] : [{ id, scope, holderCount: holders, roleCount: roles }];
  });
};

export const countKinds = (tallies: readonly StoredScopeTally[]): readonly KindCount[] => {
  const counts = new Map<ScopeKind, number>();
  for (const { scope } of tallies) counts.set(scope.kind, (counts.get(scope.kind) ?? 0) + 1);
  return [...counts]
    .map(([kind, count]) => ({ kind, count }))
    .sort((one, other) => other.count - one.count || compareTexts(one.kind, other.kind));
};

/** How many hold each role at each scope: `[role][scope]`. Where another census has been recorded since, they are counted through. */
export const countCells = (
  db: Kysely<Tables>,
  asOfMs: number,
  { roleNames, scopeIds }: { readonly roleNames: readonly string[]; readonly scopeIds: readonly number[] },
): Promise<readonly (readonly number[])[]> =>
  atOneTime(db, async (now) => {
    const roles = sql`select id from role where name = any(${roleNames.map(storable)}::text[])`;
    const counted = (await isLast(now, asOfMs))
      ? sql`
          select role_id, scope_id, holders from tally
          where role_id in (${roles}) and scope_id = any(${scopeIds}::bigint[])
        `
      : sql`
          select role_id, scope_id, count(*) as holders from assignment a
          where ${heldAt(asOfMs)} and role_id in (${roles}) and scope_id = any(${scopeIds}::bigint[])
          group by role_id, scope_id
        `;
    const { rows } = await sql<{ name: string; scope_id: number; holders: number }>`
      select r.name, counted.scope_id, counted.holders from (${counted}) counted join role r on r.id = counted.role_id
    `.execute(now);
    const cells = roleNames.map(() => scopeIds.map(() => 0));
    const columns = new Map(scopeIds.map((id, column) => [id, column]));
    const lines = new Map(roleNames.map((name, line) => [storable(name), line]));
    for (const { name, scope_id: id, holders } of rows) {
      const cellsOfRole = cells[lines.get(name) ?? -1];
      const column = columns.get(id);
      if (cellsOfRole !== undefined && column !== undefined) cellsOfRole[column] = holders;
    }
    return cells;
  });
