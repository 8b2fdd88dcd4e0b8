import { createScope, rawSubjectTypeOf } from '../../model/subject.ts';
import type { GraphBuilder } from '../builder.ts';
import { type EntityTypeName, principalTypeNames, scopeTargetTypes } from './entities.ts';

/** The join points: what a subject is, what a scope names, and the types of both kinds. Gives the types. */
export const defineEntities = (builder: GraphBuilder) =>
  (Object.keys(descriptions) as EntityTypeName[]).map((typeName) => {
    const principalType = keyWhere(principalTypeNames, (name) => name === typeName);
    const scopeKind = keyWhere(scopeTargetTypes, (target) => target.typeName === typeName);
    const ref = builder.objectType(typeName, {
      description: descriptions[typeName],
      fields: (t) => ({
        uuid: t.exposeID('uuid', { description: 'Uuid that the platform knows it by.' }),
      }),
    });
    if (principalType !== undefined) {
      builder.objectField(typeName, 'subject', (t) =>
        t.field({
          type: 'Subject',
          nullable: true,
          description: 'The subject that it is, with its roles. Null where it holds none.',
          resolve: ({ uuid }, _args, { assignments }) =>
            assignments.find({
              reference: uuid,
              rawType: rawSubjectTypeOf(principalType),
              includeNestedScopes: false,
            }),
        }),
      );
    }
    if (scopeKind !== undefined) {
      const { field } = scopeTargetTypes[scopeKind];
      builder.objectField(typeName, 'scope', (t) =>
        t.field({
          type: 'Scope',
          description: 'The scope that it is, to ask who holds roles there. Costs nothing by itself.',
          resolve: ({ uuid }) => createScope([{ kind: scopeKind, field, uuid }]),
        }),
      );
    }
    return { typeName, ref };
  });

/** The unions over the join points. */
export const defineUnions = (builder: GraphBuilder) => ({
  principal: builder.unionType('Principal', {
    description: 'What a subject can be.',
    types: Object.values(principalTypeNames),
    resolveType: ({ typeName }) => typeName,
  }),
  scopeTarget: builder.unionType('ScopeTarget', {
    description: 'What a scope can name.',
    types: Object.values(scopeTargetTypes).map(({ typeName }) => typeName),
    resolveType: ({ typeName }) => typeName,
  }),
});

export type GraphUnions = ReturnType<typeof defineUnions>;

const descriptions: Record<EntityTypeName, string> = {
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
  // Never `Subscription`: GraphQL takes that name for the root type of subscriptions, and so do the tools that read a schema by names.
  ProductSubscription: 'A licence subscription, as a scope at which roles hold.',
  Tenant: 'A tenant, as a scope at which roles hold.',
};

const keyWhere = <Key extends string, Value>(
  record: Readonly<Record<Key, Value>>,
  isIt: (value: Value) => boolean,
): Key | undefined => (Object.keys(record) as Key[]).find((key) => isIt(record[key]));
