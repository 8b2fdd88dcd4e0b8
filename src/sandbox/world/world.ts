import type { RoleAssignment, Scope, SubjectType } from '../../wire/identity.ts';

/** One field of a scope object: a node of the world's nesting. */
export interface Place {
  readonly field: string;
  readonly uuid: string;
}

/** Whether a role came with the product or was made by somebody. */
export type RoleOrigin = 'builtIn' | 'made';

export type OrderField = 'subjectReference' | 'subjectType';

/** Everything that upstream knows about who has which role where. Nobody changes it. */
export interface World {
  /** How many entries there are. */
  readonly size: number;
  /** Their indices, ascending. Absent where they are all the numbers below `size`. */
  readonly visible?: Uint32Array | undefined;
  /** The entry as upstream writes it, without any nested scopes. */
  readonly assignmentAt: (index: number) => RoleAssignment;
  /** Entries of a subject, ascending. */
  readonly indicesOf: (reference: string) => readonly number[];
  /** What is nested directly in a place. */
  readonly childrenOf: (place: Place) => readonly Place[];
  /** What a place is nested in directly. */
  readonly parentsOf: (place: Place) => readonly Place[];
  /** Whether there is such a place. */
  readonly has: (place: Place) => boolean;
  /** Every role of the world, and whether it came with the product: such a one cannot be deleted. */
  readonly roles: () => ReadonlyMap<string, RoleOrigin>;
  /** For each entry its rank by a field; equal values have equal ranks. */
  readonly ranksBy: (field: OrderField) => Uint32Array;
  /** Entries that may hold a role, or lie, at or below one of the places. May name too many, never too few. Ascending. */
  readonly candidatesWithin: (places: readonly Place[]) => Iterable<number>;
}

/** The fields of a scope object that upstream documents, narrowest first. */
export const scopeFields = [
  'deviceUuid',
  'userUuid',
  'policyUuid',
  'subscriptionUuid',
  'assetGroupUuid',
  'siteUuid',
  'customerUuid',
  'tenantUuid',
  'mspUuid',
] as const;

export type ScopeField = (typeof scopeFields)[number];

/** Upstream's word for a subject whose entry has no type. */
export const unspecifiedType = 'SUBJECT_TYPE_UNSPECIFIED';

/** The subject types that upstream documents. */
export const subjectTypes: readonly SubjectType[] = [
  'SUBJECT_TYPE_UNSPECIFIED',
  'SUBJECT_TYPE_USER',
  'SUBJECT_TYPE_DEVICE',
  'SUBJECT_TYPE_USER_GROUP',
  'SUBJECT_TYPE_MANAGED_IDENTITY',
  'SUBJECT_TYPE_SERVICE',
];

/** Names of the roles that came with the product. */
export const builtInRoles = [
  'security.viewer',
  'admin',
  'auditor',
  'helpdesk',
  'security.admin',
  'reports.viewer',
  'device.operator',
  'policy.editor',
  'billing.viewer',
  'user.manager',
] as const;

/** The type of a subject; upstream may leave it out. */
export const typeOf = (entry: RoleAssignment): string => entry.subjectType || unspecifiedType;

/** The components of a scope object, fields that nobody documents included. */
export const placesOf = (scope: Scope): Place[] =>
  Object.entries(scope)
    .filter((entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '')
    .map(([field, uuid]) => ({ field, uuid }));

/** The scope object that names one place. */
export const scopeOf = ({ field, uuid }: Place): Scope => ({ [field]: uuid });

/** Where a subject itself lies: users and devices are places too. */
export const homeOf = (entry: RoleAssignment): Place | undefined => {
  if (entry.subjectReference === undefined) return undefined;
  if (entry.subjectType === 'SUBJECT_TYPE_USER') return { field: 'userUuid', uuid: entry.subjectReference };
  if (entry.subjectType === 'SUBJECT_TYPE_DEVICE') return { field: 'deviceUuid', uuid: entry.subjectReference };
  return undefined;
};

/** A canonical key: equal only for equal places. */
export const placeKey = ({ field, uuid }: Place): string => `${field.length}:${field}${uuid}`;
