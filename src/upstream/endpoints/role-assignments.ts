import { maxListPageSize, maxOrderByLength, maxReferenceLength } from '../../model/contract.ts';
import type { SubjectListQuestion } from '../../model/subject-list.ts';
import type { GrantPlace, RoleChange } from '../../model/role-change.ts';
import {
  createScope,
  readSubject,
  kindOfScopeField,
  noScopes,
  unspecifiedRawType,
  type RoleContent,
  type Scope,
  type ScopeComponent,
  type Subject,
} from '../../model/subject.ts';
import type { Endpoint, ListEndpoint, PageContent } from '../endpoint.ts';
import { encode, jsonBody, pagePath, refusal } from './asking.ts';
import { asList, asObject, asText, readNothing, readPageOf, type Fields } from './reading.ts';

const path = '/v2/role-assignments';

/** Subjects with the roles that they hold: all that the caller may see, or one. */
export const listRoleAssignments: ListEndpoint<SubjectListQuestion, Subject> = {
  name: 'roleAssignments.list',
  domain: 'identity',
  method: 'GET',
  repeat: 'safe',
  maxPageSize: maxListPageSize,
  refusals: new Map([
    [
      400,
      'ESET Connect refused an argument of this question. Check the reference, the order and the page that it names.',
    ],
  ]),
  keyOf: ({ reference, rawType }) => `${reference.length}:${reference}${rawType}`,
  request({ question, ...page }) {
    const { subjectReference, subjectType, includeNestedScopes, orderBy } = question;
    // Upstream takes "" for "not given", and would list every subject instead of none.
    if (subjectReference !== undefined) checkReference(subjectReference);
    if (orderBy !== undefined && orderBy.length > maxOrderByLength) throw refusal('The order names too many fields.');
    return {
      path: pagePath(path, page, {
        maxPageSize: maxListPageSize,
        parameters: [
          ['subjectReference', subjectReference],
          ['subjectType', subjectType],
          ['includeNestedScopes', includeNestedScopes || undefined],
          ['orderBy', orderBy],
        ],
      }),
    };
  },
  read: (body) => readPage(body),
};

/** Gives a role: the subject keeps what it has. A 200 promises that it will be so, not that a read shows it yet. */
export const assignRole: Endpoint<RoleChange, undefined> = {
  ...changeFacts('assignRole'),
  name: 'roleAssignments.assign',
};

/** Takes a role at the places named. What that leaves behind upstream does not document: read the subject afterwards. */
export const revokeRole: Endpoint<RoleChange, undefined> = {
  ...changeFacts('revokeRole'),
  name: 'roleAssignments.revoke',
};

/** The two writes differ in nothing but their word. The colon is a part of the path, and is sent as it is. */
function changeFacts(word: 'assignRole' | 'revokeRole'): Omit<Endpoint<RoleChange, undefined>, 'name'> {
  return {
    domain: 'identity',
    method: 'POST',
    repeat: 'never',
    refusals: new Map([
      [400, 'ESET Connect refused this change. Check that the subject, the role and the scopes exist.'],
      [404, 'ESET Connect does not know the subject, the role or a scope of this change, or does not offer it here.'],
    ]),
    request: (change) => ({ path: `${path}:${word}`, body: jsonBody(wireChange(change)) }),
    read: readNothing,
  };
}

const wireChange = ({ subjectReference, rawSubjectType, roleName, place }: RoleChange): object => {
  checkReference(subjectReference);
  if (roleName === '') throw refusal('A change of roles names a role.');
  encode(roleName);
  return { role: { roleName, scopes: wireScopes(place) }, subjectReference, subjectType: rawSubjectType };
};

/**
 * Upstream takes an empty list for everywhere, and may take a scope without a field for none: an empty list leaves here only where everywhere
 * was said in words.
 */
const wireScopes = (place: GrantPlace): readonly object[] => {
  if (place === 'everywhere') return [];
  if (place.length === 0)
    throw refusal('A change of roles names at least one scope, or says that it holds everywhere.');
  return place.map(({ components }) => {
    const isEmpty = components.length === 0 || components.some(({ field, uuid }) => field === '' || uuid === '');
    if (isEmpty) throw refusal('A scope that names nothing cannot be given or taken.');
    return Object.fromEntries(components.map(({ field, uuid }) => [encodable(field), encodable(uuid)]));
  });
};

const encodable = (text: string): string => {
  encode(text);
  return text;
};

const checkReference = (reference: string): void => {
  if (reference === '' || reference.length > maxReferenceLength) {
    throw refusal(`The reference of a subject has from 1 to ${maxReferenceLength} characters.`);
  }
  encode(reference);
};

/** Unknown subject types and scope fields are kept: upstream may add them without notice, and what is left out could make a role look global. */
const readPage = (body: unknown): PageContent<Subject> | Promise<PageContent<Subject>> => {
  const shared: Shared = { scopes: new Map(), texts: new Map() };
  return readPageOf(body, 'assignments', (item) => readAssignment(item, shared));
};

/** What repeats within a page, often thousands of times. One of each keeps a page small and quick to compare. */
interface Shared {
  /** By field and uuid. */
  readonly scopes: Map<string, Map<string, Scope>>;
  /** Names of roles and types of subjects: parsing makes a new text each time. */
  readonly texts: Map<string, string>;
}

const shareText = (text: string, { texts }: Shared): string => {
  const known = texts.get(text);
  if (known !== undefined) return known;
  texts.set(text, text);
  return text;
};

const readAssignment = (item: unknown, shared: Shared): Subject => {
  const { subjectReference, subjectType, roles } = asObject(item, 'an assignment');
  return readSubject(
    asText(subjectReference, 'subjectReference'),
    shareText(asText(subjectType, 'subjectType') || unspecifiedRawType, shared),
    asList(roles, 'roles'),
    readRole,
    shared,
  );
};

const readRole = (role: unknown, shared: Shared): RoleContent => {
  const { roleName, scopes } = asObject(role, 'a role');
  return { name: shareText(asText(roleName, 'roleName'), shared), scopes: readScopes(scopes, shared) };
};

const readScopes = (value: unknown, shared: Shared): readonly Scope[] => {
  const wireScopes = asList(value, 'scopes');
  if (wireScopes.length === 0) return noScopes;
  // Not `map`: its function would be one more object for each role.
  const scopes = new Array<Scope>(wireScopes.length);
  for (let i = 0; i < scopes.length; i++) scopes[i] = readScope(asObject(wireScopes[i], 'a scope'), shared);
  return scopes;
};

/** A scope object whose every field is absent stays a scope without components: dropping it could make a role look global. */
const readScope = (fields: Fields, shared: Shared): Scope => {
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
  // What was put together bit by bit has room for 17.
  return createScope(components.slice());
};

/** A field that was added later and is no text names nothing that can be asked for, and must not fail the page either. */
const readUuid = (field: string, value: unknown): string =>
  typeof value === 'string'
    ? value
    : kindOfScopeField(field) === 'UNKNOWN'
      ? ''
      : asText(value, 'a documented field of a scope');

const shareScope = (field: string, uuid: string, { scopes }: Shared): Scope => {
  let byUuid = scopes.get(field);
  if (byUuid === undefined) scopes.set(field, (byUuid = new Map()));
  let scope = byUuid.get(uuid);
  if (scope === undefined) {
    const kind = kindOfScopeField(field);
    scope = { kind, uuid, components: [{ kind, field, uuid }] };
    byUuid.set(uuid, scope);
  }
  return scope;
};
