import type { ScopeKind, SubjectType } from '../../model/subject.ts';

/** Things that live in other sources too: what a subject is, or what a scope names. All that is known here is the uuid. */
export interface NamedEntity {
  readonly typeName: EntityTypeName;
  readonly uuid: string;
}

/** Type of the thing behind a subject of each type; absent where a subject is nothing that can be joined. */
export const principalTypeNames = {
  USER: 'User',
  DEVICE: 'Device',
  USER_GROUP: 'UserGroup',
  MANAGED_IDENTITY: 'ManagedIdentity',
  SERVICE: 'Service',
} as const satisfies Partial<Record<SubjectType, string>>;

/** Type of the thing that a scope of each kind names, and the field of upstream's Scope object that names it. */
export const scopeTargetTypes = {
  ASSET_GROUP: { typeName: 'AssetGroup', field: 'assetGroupUuid' },
  CUSTOMER: { typeName: 'Customer', field: 'customerUuid' },
  DEVICE: { typeName: 'Device', field: 'deviceUuid' },
  MSP: { typeName: 'Msp', field: 'mspUuid' },
  POLICY: { typeName: 'Policy', field: 'policyUuid' },
  SITE: { typeName: 'Site', field: 'siteUuid' },
  SUBSCRIPTION: { typeName: 'ProductSubscription', field: 'subscriptionUuid' },
  TENANT: { typeName: 'Tenant', field: 'tenantUuid' },
  USER: { typeName: 'User', field: 'userUuid' },
} as const satisfies Record<Exclude<ScopeKind, 'UNKNOWN'>, { typeName: string; field: string }>;

export type PrincipalType = keyof typeof principalTypeNames;
export type ScopeTargetKind = keyof typeof scopeTargetTypes;

export type EntityTypeName =
  | (typeof principalTypeNames)[PrincipalType]
  | (typeof scopeTargetTypes)[ScopeTargetKind]['typeName'];
