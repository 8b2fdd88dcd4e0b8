/** The domain's plain types. They hold what upstream said, whole and checked, and nothing that a caller could be told by mistake. */

export const subjectTypes = [
  'UNSPECIFIED',
  'USER',
  'DEVICE',
  'USER_GROUP',
  'MANAGED_IDENTITY',
  'SERVICE',
  'UNKNOWN',
] as const;

/** Kind of a subject; `UNKNOWN` stands for every value that upstream may add after this was written. */
export type SubjectType = (typeof subjectTypes)[number];

/** Kinds of scope, narrowest first: a composite scope is named after the first kind it has. */
export const scopeKinds = [
  'DEVICE',
  'USER',
  'POLICY',
  'SUBSCRIPTION',
  'ASSET_GROUP',
  'SITE',
  'CUSTOMER',
  'TENANT',
  'MSP',
  'UNKNOWN',
] as const;

export type ScopeKind = (typeof scopeKinds)[number];

/** The nine documented fields of upstream's Scope object, and the kind that each stands for. */
export const kindByScopeField = {
  assetGroupUuid: 'ASSET_GROUP',
  customerUuid: 'CUSTOMER',
  deviceUuid: 'DEVICE',
  mspUuid: 'MSP',
  policyUuid: 'POLICY',
  siteUuid: 'SITE',
  subscriptionUuid: 'SUBSCRIPTION',
  tenantUuid: 'TENANT',
  userUuid: 'USER',
} as const satisfies Record<string, ScopeKind>;

export type KnownScopeField = keyof typeof kindByScopeField;

/** Kinds that this version knows, each of which one documented field stands for. */
export type KnownScopeKind = Exclude<ScopeKind, 'UNKNOWN'>;

const fieldByKind = new Map<ScopeKind, KnownScopeField>(
  (Object.entries(kindByScopeField) as [KnownScopeField, ScopeKind][]).map(([field, kind]) => [kind, field]),
);

/** The documented field that stands for a kind. */
export const scopeFieldOf = (kind: KnownScopeKind): KnownScopeField => fieldByKind.get(kind) as KnownScopeField;

/** One field that upstream set on a scope object. `field` is upstream's own name, known to us or not. */
export interface ScopeComponent {
  readonly kind: ScopeKind;
  readonly field: string;
  readonly uuid: string;
}

/**
 * Where a role holds. `kind` and `uuid` name the narrowest component. A scope object without any field is kept:
 * kind `UNKNOWN`, empty uuid, no components.
 */
export interface Scope {
  readonly kind: ScopeKind;
  readonly uuid: string;
  readonly components: readonly ScopeComponent[];
}

/** A role that a subject holds. No scopes means that it holds everywhere. */
export interface ScopedRole {
  readonly subject: Subject;
  readonly name: string;
  /** How many roles of the same name the subject has before this one: 0 for the first. */
  readonly ordinal: number;
  readonly scopes: readonly Scope[];
}

/** Of a role that holds everywhere. */
export const noScopes: readonly Scope[] = [];

/** Who can hold a role. `rawType` is upstream's own word for the type; `type` is our reading of it. */
export interface Subject {
  readonly reference: string;
  readonly type: SubjectType;
  readonly rawType: string;
  readonly roles: readonly ScopedRole[];
}

/** A role as upstream lists it, before it knows its subject. */
export interface RoleContent {
  readonly name: string;
  readonly scopes: readonly Scope[];
}

const rawPrefix = 'SUBJECT_TYPE_';

const typeByRawType = new Map<string, SubjectType>(
  subjectTypes.filter((type) => type !== 'UNKNOWN').map((type) => [rawPrefix + type, type]),
);

/** Our reading of upstream's word for a subject type; unknown words become `UNKNOWN`. */
export const subjectTypeOf = (rawType: string): SubjectType => typeByRawType.get(rawType) ?? 'UNKNOWN';

/** Upstream's word for a subject type. `UNKNOWN` has none and is never asked for. */
export const rawSubjectTypeOf = (type: Exclude<SubjectType, 'UNKNOWN'>): string => rawPrefix + type;

/** Upstream's word where it gave none. */
export const unspecifiedRawType = 'SUBJECT_TYPE_UNSPECIFIED';

/** Up to so many roles looking back is cheaper than a map, and nearly every subject has fewer. */
export const fewRoles = 16;

const countNamed = (roles: readonly ScopedRole[], end: number, name: string): number => {
  let count = 0;
  for (let i = 0; i < end; i++) if (roles[i]?.name === name) count++;
  return count;
};

/** Puts a subject together and ties each role to it. */
export const createSubject = (reference: string, rawType: string, roles: readonly RoleContent[]): Subject =>
  readSubject(reference, rawType, roles, contentOf, undefined);

const contentOf = (role: RoleContent): RoleContent => role;

/** `createSubject` for roles in another form: each is read by `readRole`, which is given `shared` too, so that thousands of subjects need no function and no list of their own. */
export const readSubject = <Role, Shared>(
  reference: string,
  rawType: string,
  roles: readonly Role[],
  readRole: (role: Role, shared: Shared) => RoleContent,
  shared: Shared,
): Subject => {
  // Made to measure: an array that grows by `push` takes room for 17 at once, in every subject that is kept; one made for none, for 4.
  const tied = roles.length === 0 ? [] : new Array<ScopedRole>(roles.length);
  const subject: Subject = { reference, type: subjectTypeOf(rawType), rawType, roles: tied };
  readRoles(subject, roles, tied, readRole, shared);
  return subject;
};

/** Ties roles to the subject that holds them, into an array that has room for them. */
export const tieRoles = (subject: Subject, roles: readonly RoleContent[], tied: ScopedRole[]): void =>
  readRoles(subject, roles, tied, contentOf, undefined);

const readRoles = <Role, Shared>(
  subject: Subject,
  roles: readonly Role[],
  tied: ScopedRole[],
  readRole: (role: Role, shared: Shared) => RoleContent,
  shared: Shared,
): void => {
  const held = roles.length > fewRoles ? new Map<string, number>() : undefined;
  for (let i = 0; i < roles.length; i++) {
    const { name, scopes } = readRole(roles[i] as Role, shared);
    const ordinal = held?.get(name) ?? (held === undefined ? countNamed(tied, i, name) : 0);
    held?.set(name, ordinal + 1);
    tied[i] = { subject, name, ordinal, scopes };
  }
};

/** Kind of a scope field: `UNKNOWN` for every field that is not documented. */
export const kindOfScopeField = (field: string): ScopeKind =>
  Object.hasOwn(kindByScopeField, field) ? kindByScopeField[field as KnownScopeField] : 'UNKNOWN';

const breadth = new Map<ScopeKind, number>(scopeKinds.map((kind, index) => [kind, index]));

/** Puts a scope together from the components that upstream set, in upstream's order. */
export const createScope = (components: readonly ScopeComponent[]): Scope => {
  let narrowest = components[0];
  for (const component of components) {
    if (narrowest === undefined || (breadth.get(component.kind) ?? 0) < (breadth.get(narrowest.kind) ?? 0)) {
      narrowest = component;
    }
  }
  return { kind: narrowest?.kind ?? 'UNKNOWN', uuid: narrowest?.uuid ?? '', components };
};
