import {
  type GraphQLFieldConfigMap,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLScalarType,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
} from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import type { Subject } from '../../model/subject.ts';
import type { GraphContext } from '../context.ts';
import { findUserByEmail } from '../directory/subjects-by-email.ts';
import { lookupCost } from '../field-facts.ts';
import { nodeTypeNameOf, type RoleHandle } from '../relay/node-types.ts';
import { type JoinPoint, type JoinPointName, principalTypeNames, scopeTargetTypes } from './join-points.ts';
import { printSubgraph } from './print-subgraph.ts';

type EntityValue = Subject | RoleHandle | JoinPoint;

/** What a `User` can be referred to by. */
export type UserKey = 'uuid' | 'email';

/** Finds an entity by the value of one of its keys. */
type ResolveEntity = (key: string, context: GraphContext) => EntityValue | null | Promise<EntityValue | null>;

/** A type that other subgraphs can refer to (Apollo Federation 2, "Entities"), by the fields that are its keys. */
type Entity = ReadonlyMap<string, ResolveEntity>;

/** Types that are both stand in both; once is enough. */
const joinPointNames: ReadonlySet<JoinPointName> = new Set([
  ...Object.values(principalTypeNames),
  ...Object.values(scopeTargetTypes).map(({ typeName }) => typeName),
]);

const entitiesWith = (userKeys: readonly UserKey[]): ReadonlyMap<string, Entity> =>
  new Map<string, Entity>([
    [
      'Subject',
      new Map([
        ['reference', (reference, { assignments }) => assignments.find({ reference, includeNestedScopes: false })],
      ] satisfies [string, ResolveEntity][]),
    ],
    ['Role', new Map([['name', (roleName) => ({ roleName })]] satisfies [string, ResolveEntity][])],
    ...[...joinPointNames].map((typeName): [string, Entity] => {
      const keys = new Map<string, ResolveEntity>([['uuid', (uuid) => ({ typeName, uuid })]]);
      if (typeName === 'User' && userKeys.includes('email')) keys.set('email', userByEmail);
      return [typeName, keys];
    }),
  ]);

const userByEmail: ResolveEntity = async (email, { directory }) => {
  const user = await findUserByEmail(email, directory);
  return user === undefined ? null : { typeName: 'User', uuid: user.uuid };
};

/** Types of which every subgraph may have the same fields. */
const shareable: ReadonlySet<string> = new Set(['PageInfo']);

/**
 * Makes a graph a subgraph: adds `_entities` and `_service` (Apollo, "Federation specification"). Throws a `TypeError` where a type that is to be an
 * entity is not there.
 */
export const addEntities = (schema: GraphQLSchema, userKeys: readonly UserKey[]): GraphQLSchema => {
  const entities = entitiesWith(userKeys);
  const config = schema.toConfig();
  const query = schema.getQueryType();
  const types = [...entities.keys()].map((name) => schema.getType(name));
  if (!query || !types.every((type) => type instanceof GraphQLObjectType)) {
    throw new TypeError('this graph has not the entities of the subgraph');
  }
  const sdl = printSubgraph(schema, new Map([...entities].map(([name, keys]) => [name, [...keys.keys()]])), shareable);

  const entity = new GraphQLUnionType({
    name: '_Entity',
    description: 'A thing that other subgraphs can refer to.',
    types: types.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    resolveType: (value: EntityValue) => ('typeName' in value ? value.typeName : nodeTypeNameOf(value)),
  });
  const any = new GraphQLScalarType({
    name: '_Any',
    description: 'A reference to an entity: its `__typename` and its key.',
  });
  const service = new GraphQLObjectType({
    name: '_Service',
    description: 'What a subgraph says of itself.',
    fields: { sdl: { type: GraphQLString, description: 'The subgraph as text, with its keys.' } },
  });
  const fields: GraphQLFieldConfigMap<unknown, GraphContext> = {
    ...query.toConfig().fields,
    _entities: {
      type: new GraphQLNonNull(new GraphQLList(entity)),
      description: 'The entities with these keys, in this order.',
      args: {
        representations: {
          type: new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(any))),
          description: 'References to entities: their `__typename` and their key.',
        },
      },
      extensions: { ...lookupCost },
      // Each fails alone: a promise that rejects nulls its own item.
      resolve: (_root, { representations }: { readonly representations: readonly unknown[] }, context) => {
        if (representations.length > maxRepresentations) throw tooMany(representations.length);
        return representations.map((representation) => entityOf(entities, representation, context));
      },
    },
    _service: {
      type: new GraphQLNonNull(service),
      description: 'What this subgraph says of itself.',
      resolve: () => ({ sdl }),
    },
  };
  return new GraphQLSchema({
    ...config,
    query: new GraphQLObjectType({ ...query.toConfig(), fields }),
    types: [...config.types.filter((type) => type !== query), any, entity, service],
  });
};

/** Gateways send all that a list of theirs names at once: a few thousand are no sign of anything. */
const maxRepresentations = 5000;

const tooMany = (count: number): GatewayError =>
  new GatewayError(
    'BAD_USER_INPUT',
    `_entities has ${count} representations, and ${maxRepresentations} is the most. Ask in several requests.`,
  );

/** A representation comes from outside and can be anything. */
const entityOf = async (
  entities: ReadonlyMap<string, Entity>,
  representation: unknown,
  context: GraphContext,
): Promise<EntityValue | null> => {
  const given = (representation ?? {}) as Readonly<Record<string, unknown>>;
  const keys = typeof given['__typename'] === 'string' ? entities.get(given['__typename']) : undefined;
  if (keys === undefined) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `A representation needs a __typename of an entity of this subgraph: ${[...entities.keys()].join(', ')}.`,
    );
  }
  for (const [field, resolve] of keys) {
    const key = given[field];
    if (typeof key === 'string' && key !== '') return resolve(key, context);
  }
  throw new GatewayError(
    'BAD_USER_INPUT',
    `A representation needs its key: ${[...keys.keys()].join(' or ')}, a string that is not empty.`,
  );
};
