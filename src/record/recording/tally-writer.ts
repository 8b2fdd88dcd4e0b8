import { type Kysely, sql } from 'kysely';
import { anyRole, anyScope, everywhere, type Tables } from '../database/tables.ts';

/** A role at a scope, by their numbers. */
export interface Place {
  readonly role: number;
  /** Null: everywhere. */
  readonly scope: number | null;
}

/** What a subject held, each once, and holds now. */
export interface HeldOtherwise {
  /** In the word that is stored. */
  readonly rawType: string;
  readonly before: readonly Place[];
  readonly after: readonly Place[];
}

/** Keeps the counts of a census while it is written, from what has changed. */
export interface TallyWriter {
  /** Takes a subject into account. Each may come once in a census. */
  count(subject: HeldOtherwise): void;
  /** Writes what was counted, where that is much. */
  writeMuch(): Promise<void>;
  /** Writes the rest. In the transaction of the census, after the last subject. */
  write(): Promise<void>;
}

/** Counts that are kept before they are written: some 20 MB. */
const maxCounts = 100_000;
/** Counts that one statement writes. */
const chunkSize = 10_000;

export const createTallyWriter = (db: Kysely<Tables>): TallyWriter => {
  /** By role and by scope: what is to be added. */
  const counts = new Map<number, Map<number, number>>();
  const types = new Map<string, number>();
  let size = 0;

  const add = (role: number, scope: number, by: 1 | -1): void => {
    let ofRole = counts.get(role);
    if (ofRole === undefined) counts.set(role, (ofRole = new Map()));
    const before = ofRole.get(scope);
    if (before === undefined) size++;
    ofRole.set(scope, (before ?? 0) + by);
  };

  const countPlaces = (places: readonly Place[], by: 1 | -1): void => {
    for (const { role, scope } of places) add(role, scope ?? everywhere, by);
    for (const role of new Set(places.map((place) => place.role))) add(role, anyScope, by);
    for (const scope of new Set(places.map((place) => place.scope))) if (scope !== null) add(anyRole, scope, by);
  };

  const write = async (): Promise<void> => {
    const rows = [...counts].flatMap(([role, ofRole]) =>
      [...ofRole].flatMap(([scope, by]) => (by === 0 ? [] : [{ role, scope, by }])),
    );
    counts.clear();
    size = 0;
    for (let start = 0; start < rows.length; start += chunkSize) {
      const chunk = rows.slice(start, start + chunkSize);
      const [roles, scopes] = [chunk.map(({ role }) => role), chunk.map(({ scope }) => scope)];
      await sql`
        insert into tally (role_id, scope_id, holders)
        select * from unnest(${roles}::integer[], ${scopes}::bigint[], ${chunk.map(({ by }) => by)}::bigint[])
        on conflict (role_id, scope_id) do update set holders = tally.holders + excluded.holders
      `.execute(db);
      await sql`
        delete from tally using unnest(${roles}::integer[], ${scopes}::bigint[]) as counted (role_id, scope_id)
        where tally.role_id = counted.role_id and tally.scope_id = counted.scope_id and tally.holders = 0
      `.execute(db);
    }
  };

  return {
    count({ rawType, before, after }) {
      countPlaces(before, -1);
      countPlaces(after, 1);
      const by = Math.sign(after.length) - Math.sign(before.length);
      if (by !== 0) types.set(rawType, (types.get(rawType) ?? 0) + by);
    },
    async writeMuch() {
      if (size > maxCounts) await write();
    },
    async write() {
      await write();
      const changed = [...types].filter(([, by]) => by !== 0);
      if (changed.length === 0) return;
      await sql`
        insert into type_tally (raw_type, subjects)
        select * from unnest(${changed.map(([rawType]) => rawType)}::text[], ${changed.map(([, by]) => by)}::bigint[])
        on conflict (raw_type) do update set subjects = type_tally.subjects + excluded.subjects
      `.execute(db);
      await sql`delete from type_tally where subjects = 0`.execute(db);
    },
  };
};
