import type { GraphBuilder } from '../builder.ts';

/** The enums of the graph. Each one has a value for what upstream may add after this was written. */
export const defineEnums = (builder: GraphBuilder) => ({
  subjectType: builder.enumType('SubjectType', {
    description: 'What kind of thing a subject is.',
    values: {
      UNSPECIFIED: { description: 'Upstream did not say.' },
      USER: { description: 'A person who signs in.' },
      DEVICE: { description: 'A managed computer or phone.' },
      USER_GROUP: { description: 'A group of users: its roles hold for its members.' },
      MANAGED_IDENTITY: { description: 'An identity that a service acts under.' },
      SERVICE: { description: 'A service of the platform itself.' },
      UNKNOWN: { description: 'A kind that upstream added later: see `rawType` for its own word.' },
    } as const,
  }),
  scopeKind: builder.enumType('ScopeKind', {
    description: 'What kind of thing a scope names.',
    values: {
      ASSET_GROUP: { description: 'A static group of devices and users.' },
      CUSTOMER: { description: 'A customer of a managed service provider.' },
      DEVICE: { description: 'A single device.' },
      MSP: { description: 'A managed service provider.' },
      POLICY: { description: 'A policy.' },
      SITE: { description: 'A site of a customer.' },
      SUBSCRIPTION: { description: 'A licence subscription.' },
      TENANT: { description: 'A tenant: the more abstract successor of customer and MSP.' },
      USER: { description: 'A single user.' },
      UNKNOWN: { description: 'A kind that upstream added later, or a scope without any field: see `components`.' },
    } as const,
  }),
  orderField: builder.enumType('SubjectOrderField', {
    description: 'What subjects can be sorted by.',
    values: {
      REFERENCE: { description: 'The reference of the subject.' },
      TYPE: { description: "The type of the subject, in upstream's own order of types." },
    } as const,
  }),
  orderDirection: builder.enumType('OrderDirection', {
    description: 'Which end comes first.',
    values: {
      ASC: { description: 'Smallest first.' },
      DESC: { description: 'Largest first.' },
    } as const,
  }),
});

export type GraphEnums = ReturnType<typeof defineEnums>;
