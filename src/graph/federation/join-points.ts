import {
  createScope,
  rawSubjectTypeOf,
  type Scope,
  type ScopeKind,
  type Subject,
  type SubjectType,
} from '../../model/subject.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';

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
  // Never `Subscription`: GraphQL takes that name for the root type of subscriptions, and so do the tools that read a schema by names.
  SUBSCRIPTION: { typeName: 'ProductSubscription', field: 'subscriptionUuid' },
  TENANT: { typeName: 'Tenant', field: 'tenantUuid' },
  USER: { typeName: 'User', field: 'userUuid' },
} as const satisfies Record<Exclude<ScopeKind, 'UNKNOWN'>, { typeName: string; field: string }>;

type PrincipalType = keyof typeof principalTypeNames;
type ScopeTargetKind = keyof typeof scopeTargetTypes;

export type JoinPointName =
  | (typeof principalTypeNames)[PrincipalType]
  | (typeof scopeTargetTypes)[ScopeTargetKind]['typeName'];

/** Things that live in other sources too: what a subject is, or what a scope names. All that is known here is the uuid. */
export interface JoinPoint {
  readonly typeName: JoinPointName;
  readonly uuid: string;
}

/** The types of the join points, still without fields. */
type JoinPointTypes = Readonly<Record<JoinPointName, TypeRef<JoinPoint>>>;

/** Makes the types of the join points, and the unions over them. `defineJoinPoints` gives them their fields. */
export const createJoinPointTypes = (builder: GraphBuilder) => {
  const create = (name: JoinPointName) => builder.objectRef<JoinPoint>(name);
  const joinPoints: JoinPointTypes = {
    AssetGroup: create('AssetGroup'),
    Customer: create('Customer'),
    Device: create('Device'),
    ManagedIdentity: create('ManagedIdentity'),
    Msp: create('Msp'),
    Policy: create('Policy'),
    ProductSubscription: create('ProductSubscription'),
    Service: create('Service'),
    Site: create('Site'),
    Tenant: create('Tenant'),
    User: create('User'),
    UserGroup: create('UserGroup'),
  };
  return {
    joinPoints,
    principal: builder.unionType('Principal', {
      description: 'What a subject can be.',
      types: Object.values(principalTypeNames).map((name) => joinPoints[name]),
      resolveType: ({ typeName }) => typeName,
    }),
    scopeTarget: builder.unionType('ScopeTarget', {
      description: 'What a scope can name.',
      types: Object.values(scopeTargetTypes).map(({ typeName }) => joinPoints[typeName]),
      resolveType: ({ typeName }) => typeName,
    }),
  };
};

/** Gives the join points their fields: the uuid, and the way back to the subject and the scope that they are. */
export const defineJoinPoints = (
  builder: GraphBuilder,
  types: { readonly joinPoints: JoinPointTypes; readonly subject: TypeRef<Subject>; readonly scope: TypeRef<Scope> },
): void => {
  for (const name of joinPointNames) {
    const ref = types.joinPoints[name];
    builder.objectType(ref, {
      description: descriptions[name],
      fields: (t) => ({
        uuid: t.exposeID('uuid', { description: 'Uuid that the platform knows it by.' }),
      }),
    });
    const principalType = keyWhere(principalTypeNames, (typeName) => typeName === name);
    if (principalType !== undefined) {
      builder.objectField(ref, 'subject', (t) =>
        t.field({
          type: types.subject,
          nullable: true,
          description: 'The subject that it is, with its roles. Null where it holds none.',
          extensions: lookupCost,
          resolve: ({ uuid }, _args, { assignments }) =>
            assignments.find({
              reference: uuid,
              rawType: rawSubjectTypeOf(principalType),
              includeNestedScopes: false,
            }),
        }),
      );
    }
    const scopeKind = keyWhere(scopeTargetTypes, ({ typeName }) => typeName === name);
    if (scopeKind !== undefined) {
      const { field } = scopeTargetTypes[scopeKind];
      builder.objectField(ref, 'scope', (t) =>
        t.field({
          type: types.scope,
          description: 'The scope that it is, to ask who holds roles there. Costs nothing by itself.',
          resolve: ({ uuid }) => createScope([{ kind: scopeKind, field, uuid }]),
        }),
      );
    }
  }
};

const descriptions: Readonly<Record<JoinPointName, string>> = {
  User: 'A user, as a subject that holds roles and as a scope at which roles hold.',
  Device: 'A device, as a subject that holds roles and as a scope at which roles hold.',
  UserGroup: 'A group of users, as a subject that holds roles.',
  ManagedIdentity: 'A managed identity, as a subject that holds roles.',
  Service: 'A service, as a subject that holds roles.',
  AssetGroup: 'An asset group, as a scope at which roles hold.',
  Customer: 'A customer, as a scope at which roles hold.',
  Msp: 'A managed service provider, as a scope at which roles hold.',
  Policy: 'A policy, as a scope at which roles hold.',
  Site: 'A site, as a scope at which roles hold.',
  ProductSubscription: 'A licence subscription, as a scope at which roles hold.',
  Tenant: 'A tenant, as a scope at which roles hold.',
};

const joinPointNames = Object.keys(descriptions) as JoinPointName[];

const keyWhere = <Key extends string, Value>(
  record: Readonly<Record<Key, Value>>,
  isIt: (value: Value) => boolean,
): Key | undefined => (Object.keys(record) as Key[]).find((key) => isIt(record[key]));
