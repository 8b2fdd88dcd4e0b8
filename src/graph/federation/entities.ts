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
import { lookupCost } from '../field-facts.ts';
import { nodeTypeNameOf, type RoleHandle } from '../relay/node-types.ts';
import { type JoinPoint, type JoinPointName, principalTypeNames, scopeTargetTypes } from './join-points.ts';
import { printSubgraph } from './print-subgraph.ts';

type EntityValue = Subject | RoleHandle | JoinPoint;

/** A type that other subgraphs can refer to (Apollo Federation 2, "Entities"). */
interface Entity {
  /** The field by which they do. */
  readonly key: string;
  readonly resolve: (key: string, context: GraphContext) => EntityValue | null | Promise<EntityValue | null>;
}

/** Types that are both stand in both; once is enough. */
const joinPointNames: ReadonlySet<JoinPointName> = new Set([
  ...Object.values(principalTypeNames),
  ...Object.values(scopeTargetTypes).map(({ typeName }) => typeName),
]);

const entities: ReadonlyMap<string, Entity> = new Map<string, Entity>([
  [
    'Subject',
    {
      key: 'reference',
      resolve: (reference, { assignments }) => assignments.find({ reference, includeNestedScopes: false }),
    },
  ],
  ['Role', { key: 'name', resolve: (roleName) => ({ roleName }) }],
  ...[...joinPointNames].map((typeName): [string, Entity] => [
    typeName,
    { key: 'uuid', resolve: (uuid) => ({ typeName, uuid }) },
  ]),
]);

/** Types of which every subgraph may have the same fields. */
const shareable: ReadonlySet<string> = new Set(['PageInfo']);

/**
 * Makes a graph a subgraph: adds `_entities` and `_service` (Apollo, "Federation specification"). Throws a `TypeError` where a type that is to be an
 * entity is not there.
 */
export const addEntities = (schema: GraphQLSchema): GraphQLSchema => {
  const config = schema.toConfig();
  const query = schema.getQueryType();
  const types = [...entities.keys()].map((name) => schema.getType(name));
  if (!query || !types.every((type) => type instanceof GraphQLObjectType)) {
    throw new TypeError('this graph has not the entities of the subgraph');
  }
  const sdl = printSubgraph(schema, new Map([...entities].map(([name, { key }]) => [name, key])), shareable);

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
      resolve: (_root, { representations }: { readonly representations: readonly unknown[] }, context) =>
        representations.map((representation) => entityOf(representation, context)),
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

/** A representation comes from outside and can be anything. */
const entityOf = async (representation: unknown, context: GraphContext): Promise<EntityValue | null> => {
  const given = (representation ?? {}) as Readonly<Record<string, unknown>>;
  const entity = typeof given['__typename'] === 'string' ? entities.get(given['__typename']) : undefined;
  if (entity === undefined) {
    throw new GatewayError(
      'BAD_USER_INPUT',
      `A representation needs a __typename of an entity of this subgraph: ${[...entities.keys()].join(', ')}.`,
    );
  }
  const key = given[entity.key];
  if (typeof key === 'string' && key !== '') return entity.resolve(key, context);
  throw new GatewayError(
    'BAD_USER_INPUT',
    `A representation needs its key: ${entity.key}, a string that is not empty.`,
  );
};
