import { type Kysely, sql } from 'kysely';
import type { Scope } from '../../model/subject.ts';
import type { Tables } from '../database/tables.ts';
import { storable } from '../storable-text.ts';
import { digestOfScope, type Held } from './held.ts';

/** Numbers of roles and scopes, as long as one census is being written. */
export interface Dictionary {
  /** Makes all of these known. */
  learn(held: Iterable<Held>): Promise<void>;
  roleId(name: string): number;
  /** Null: everywhere. */
  scopeId(scope: Scope | null): number | null;
}

/** Scopes, and names of roles, that are kept in memory at the same time, beside those of the last page. */
const maxKnown = 50_000;

/** What is not in the database yet is put there. */
export const createDictionary = (db: Kysely<Tables>): Dictionary => {
  const roles = new Map<string, number>();
  const scopes = new Map<string, number>();
  // Scopes are shared within a page, so most are looked up without a digest.
  let byScope = new WeakMap<Scope, number>();

  const learnRoles = async (names: readonly string[]): Promise<void> => {
    await sql`insert into role (name) select unnest(${names}::text[]) on conflict do nothing`.execute(db);
    const found = await db.selectFrom('role').select(['id', 'name']).where('name', 'in', names).execute();
    for (const { id, name } of found) roles.set(name, id);
  };

  const learnScopes = async (missing: ReadonlyMap<string, Scope>): Promise<void> => {
    const keys = [...missing.keys()].map((key) => Buffer.from(key, 'base64'));
    const components = [...missing.values()].map((scope) =>
      JSON.stringify(scope.components.map(({ field, uuid }) => ({ field: storable(field), uuid: storable(uuid) }))),
    );
    await sql`
      with added as (
        insert into scope (key, components)
        select * from unnest(${keys}::bytea[], ${components}::jsonb[])
        on conflict do nothing
        returning id, components
      )
      insert into scope_component (scope_id, field, uuid)
      select distinct added.id, part ->> 'field', part ->> 'uuid' from added, jsonb_array_elements(added.components) as part
    `.execute(db);
    const { rows } = await sql<{ id: number; key: Buffer }>`
      select id, key from scope where key = any(${keys}::bytea[])
    `.execute(db);
    for (const { id, key } of rows) scopes.set(key.toString('base64'), id);
  };

  const idOf = (scope: Scope): number | undefined => {
    let id = byScope.get(scope);
    if (id === undefined) {
      id = scopes.get(digestOfScope(scope).toString('base64'));
      if (id !== undefined) byScope.set(scope, id);
    }
    return id;
  };

  return {
    async learn(held) {
      if (roles.size > maxKnown) roles.clear();
      if (scopes.size > maxKnown) {
        scopes.clear();
        byScope = new WeakMap();
      }
      const missingRoles = new Set<string>();
      const missingScopes = new Map<string, Scope>();
      for (const { roleName, scope } of held) {
        const name = storable(roleName);
        if (!roles.has(name)) missingRoles.add(name);
        if (scope !== null && idOf(scope) === undefined) {
          missingScopes.set(digestOfScope(scope).toString('base64'), scope);
        }
      }
      if (missingRoles.size > 0) await learnRoles([...missingRoles]);
      if (missingScopes.size > 0) await learnScopes(missingScopes);
    },
    roleId: (name) => roles.get(storable(name)) as number,
    scopeId: (scope) => (scope === null ? null : (idOf(scope) as number)),
  };
};
