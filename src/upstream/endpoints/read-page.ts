import type { PageToken } from '../../model/page.ts';
import {
  createScope,
  createSubject,
  kindOfScopeField,
  unspecifiedRawType,
  type RoleContent,
  type Scope,
  type ScopeComponent,
  type Subject,
} from '../../model/subject.ts';
import { InvalidBodyError } from '../transport/read-answer.ts';

/** What the body of a page says, before it is known how and when it came. */
export interface PageContent {
  readonly subjects: readonly Subject[];
  readonly nextPageToken: PageToken | undefined;
  readonly totalSize: number | undefined;
}

/**
 * Reads the answer of `GET /v2/role-assignments` as tolerantly as contract §7 asks: `""` and null are absent, a missing list is
 * empty, unknown subject types and scope fields are kept. What has a wrong shape is an `InvalidBodyError`: half of what
 * someone may do is worse than no answer.
 */
export const readPage = (body: unknown): PageContent => {
  const fields = asObject(body, 'the body');
  const { assignments, nextPageToken, totalSize } = fields;
  // `{}` is an empty page. Something else in its place, such as an error body sent with 200, must not look like one.
  if (assignments === undefined && nextPageToken === undefined && totalSize === undefined) {
    if (Object.keys(fields).length > 0) throw new InvalidBodyError('the body is no list of assignments');
  }
  const items = asList(assignments, 'assignments');
  const shared: SharedScopes = new Map();
  const subjects = items.map((item) => readSubject(item, shared));
  const token = asText(nextPageToken, 'nextPageToken');
  // It would be refused as soon as it is sent back, and the caller would be told that the mistake is its own.
  if (token.length > maxTokenLength) throw new InvalidBodyError('nextPageToken is longer than upstream takes');
  return {
    subjects,
    nextPageToken: token === '' ? undefined : (token as PageToken),
    totalSize: readTotalSize(totalSize),
  };
};

/** Upstream's bound on a page token (ESET Connect, `pageToken`). */
const maxTokenLength = 128;

/** Scopes repeat within a page, often thousands of times. One object each keeps a page small and quick to compare. */
type SharedScopes = Map<string, Map<string, Scope>>;

type Fields = Readonly<Record<string, unknown>>;

const readSubject = (item: unknown, shared: SharedScopes): Subject => {
  const { subjectReference, subjectType, roles } = asObject(item, 'an assignment');
  const contents = asList(roles, 'roles').map((role): RoleContent => {
    const { roleName, scopes } = asObject(role, 'a role');
    return { name: asText(roleName, 'roleName'), scopes: readScopes(scopes, shared) };
  });
  return createSubject(
    asText(subjectReference, 'subjectReference'),
    asText(subjectType, 'subjectType') || unspecifiedRawType,
    contents,
  );
};

const noScopes: readonly Scope[] = [];

const readScopes = (value: unknown, shared: SharedScopes): readonly Scope[] => {
  const wireScopes = asList(value, 'scopes');
  if (wireScopes.length === 0) return noScopes;
  return wireScopes.map((scope) => readScope(asObject(scope, 'a scope'), shared));
};

/** A scope object whose every field is absent stays a scope without components: dropping it could make a role look global. */
const readScope = (fields: Fields, shared: SharedScopes): Scope => {
  let only = '';
  let count = 0;
  // Not `Object.keys`: a page has thousands of scopes, and an array for each costs as much as all the rest. What JSON.parse made inherits nothing.
  for (const field in fields) {
    only = field;
    count++;
  }
  if (count === 1) {
    const uuid = readUuid(only, fields[only]);
    if (uuid !== '') return shareScope(only, uuid, shared);
  }
  const components: ScopeComponent[] = [];
  for (const field of Object.keys(fields)) {
    const uuid = readUuid(field, fields[field]);
    if (uuid !== '') components.push({ kind: kindOfScopeField(field), field, uuid });
  }
  return createScope(components);
};

/** A field that was added later and is no text names nothing that can be asked for, and must not fail the page either. */
const readUuid = (field: string, value: unknown): string =>
  typeof value === 'string'
    ? value
    : kindOfScopeField(field) === 'UNKNOWN'
      ? ''
      : asText(value, 'a documented field of a scope');

const shareScope = (field: string, uuid: string, shared: SharedScopes): Scope => {
  let byUuid = shared.get(field);
  if (byUuid === undefined) shared.set(field, (byUuid = new Map()));
  let scope = byUuid.get(uuid);
  if (scope === undefined) {
    const kind = kindOfScopeField(field);
    scope = { kind, uuid, components: [{ kind, field, uuid }] };
    byUuid.set(uuid, scope);
  }
  return scope;
};

/** A count that makes no sense is left out, not fatal: nothing depends on it but `totalCount`, which may be null. */
const readTotalSize = (value: unknown): number | undefined => {
  if (typeof value === 'string' ? !/^\d+$/.test(value) : typeof value !== 'number') return undefined;
  const size = Number(value);
  return Number.isSafeInteger(size) && size >= 0 ? size : undefined;
};

const asObject = (value: unknown, what: string): Fields => {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidBodyError(`${what} is no object`);
  return value as Fields;
};

const asList = (value: unknown, what: string): readonly unknown[] => {
  if (Array.isArray(value)) return value as unknown[];
  if (value === undefined || value === null) return noItems;
  throw new InvalidBodyError(`${what} is no list`);
};

const noItems: readonly unknown[] = [];

/** Protocol buffers cannot tell an unset string from an empty one: absent, null and "" are all "". */
const asText = (value: unknown, what: string): string => {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  throw new InvalidBodyError(`${what} is no text`);
};
