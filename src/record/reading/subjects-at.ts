import { type Kysely, sql, type SqlBool } from 'kysely';
import { GatewayError } from '../../model/errors.ts';
import type { PageToken } from '../../model/page.ts';
import { createSubject, type RoleContent, type Scope, type Subject } from '../../model/subject.ts';
import type { SubjectPage } from '../../model/subject-list.ts';
import type { StoredComponent, Tables } from '../database/tables.ts';
import { stored } from '../storable-text.ts';
import { heldAt } from './conditions.ts';
import { scopeOf } from './rows.ts';

export interface SubjectsAtRequest {
  readonly pageToken?: PageToken;
  readonly pageSize: number;
}

/** Behind whom a page begins. */
interface Place {
  readonly rawType: string;
  readonly reference: string;
}

/** A subject by its number. */
export interface NumberedSubject extends Place {
  readonly id: number;
}

interface HeldRow {
  readonly subject_id: number;
  readonly role_name: string;
  /** Null: everywhere. */
  readonly components: readonly StoredComponent[] | null;
}

/**
 * Everybody who held something at the time of a census, with all that they held: by upstream's word for the type and by reference, by code points, as upstream lists
 * them when it is asked for that order. Of a role that upstream listed in several parts, all scopes are in one: parts are not recorded.
 */
export const readSubjectsAt = async (
  db: Kysely<Tables>,
  asOfMs: number,
  { pageToken, pageSize }: SubjectsAtRequest,
): Promise<SubjectPage> => {
  const after = pageToken === undefined ? undefined : readPlace(pageToken);
  const found: NumberedSubject[] = [];
  // One word after the other, so that each is read along the index.
  for (const rawType of await rawTypesFrom(db, after?.rawType)) {
    const behind = rawType === after?.rawType ? sql<SqlBool>`s.reference > ${after.reference}` : sql<SqlBool>`true`;
    const { rows } = await sql<NumberedSubject>`
      select s.id, s.raw_type as "rawType", s.reference from subject s
      where s.raw_type = ${rawType} and ${behind} and exists (select from assignment a where a.subject_id = s.id and ${heldAt(asOfMs)})
      order by s.reference limit ${pageSize - found.length}
    `.execute(db);
    found.push(...rows);
    if (found.length === pageSize) break;
  }
  const last = found.at(-1);
  return {
    items: await readHoldings(db, asOfMs, found),
    ...(last !== undefined && found.length === pageSize && { nextPageToken: writePlace(last) }),
    pageSize,
    fetchedAtMs: asOfMs,
    bodyBytes: 0,
  };
};

/** Words for types that stand there or behind. */
const rawTypesFrom = async (db: Kysely<Tables>, first = ''): Promise<readonly string[]> => {
  const { rows } = await sql<{ rawType: string }>`
    select distinct raw_type as "rawType" from subject where raw_type >= ${first} order by raw_type
  `.execute(db);
  return rows.map(({ rawType }) => rawType);
};

/** The same subjects in the same order, with all that each held at the time of a census. */
export const readHoldings = async (
  db: Kysely<Tables>,
  asOfMs: number,
  subjects: readonly NumberedSubject[],
): Promise<readonly Subject[]> => {
  const ids = subjects.map(({ id }) => id);
  const { rows } = await sql<HeldRow>`
    select a.subject_id, r.name as role_name, p.components
    from assignment a join role r on r.id = a.role_id left join scope p on p.id = a.scope_id
    where a.subject_id = any(${ids}::bigint[]) and ${heldAt(asOfMs)} order by a.id
  `.execute(db);
  const bySubject = new Map<number, HeldRow[]>(ids.map((id) => [id, []]));
  for (const row of rows) bySubject.get(row.subject_id)?.push(row);
  return subjects.map((subject) => subjectHolding(subject, bySubject.get(subject.id) ?? []));
};

const subjectHolding = ({ rawType, reference }: Place, rows: readonly HeldRow[]): Subject => {
  const roles: RoleContent[] = [];
  const scopes = new Map<string, Scope[]>();
  for (const row of rows) {
    const name = stored(row.role_name);
    const scope = scopeOf(row);
    if (scope === null) {
      roles.push({ name, scopes: [] });
      continue;
    }
    const known = scopes.get(name);
    if (known !== undefined) {
      known.push(scope);
      continue;
    }
    const own = [scope];
    scopes.set(name, own);
    roles.push({ name, scopes: own });
  }
  return createSubject(stored(reference), stored(rawType), roles);
};

const writePlace = ({ rawType, reference }: Place): PageToken =>
  Buffer.from(JSON.stringify([rawType, reference])).toString('base64url') as PageToken;

/** As the database has it: that is what it is compared with. */
const readPlace = (token: PageToken): Place => {
  try {
    const [rawType, reference] = JSON.parse(Buffer.from(token, 'base64url').toString()) as [unknown, unknown];
    if (typeof rawType === 'string' && typeof reference === 'string') {
      return { rawType, reference };
    }
  } catch {
    // Told below.
  }
  throw new GatewayError('INVALID_CURSOR', 'This is no place in the list of subjects of the record. Begin anew.');
};
