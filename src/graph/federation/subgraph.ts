import { printSubgraphSchema } from '@apollo/subgraph';
import {
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isInputObjectType,
  isUnionType,
} from 'graphql';
import { GatewayError } from '../../model/errors.ts';
import type { Subject } from '../../model/subject.ts';
import type { GraphBuilder, TypeRef } from '../builder.ts';
import type { GraphContext } from '../context.ts';
import { lookupCost } from '../field-facts.ts';
import { oneOfDefinition } from '../print.ts';
import { nodeTypeNameOf, type RoleHandle } from '../relay/node-types.ts';
import type { JoinPoint, JoinPointName, JoinPointTypes } from './join-points.ts';

/** The types that other sources can refer to. */
interface EntityRefs {
  readonly subject: TypeRef<Subject>;
  readonly role: TypeRef<RoleHandle>;
  readonly joinPoints: JoinPointTypes;
}

/** Gives these types the keys by which other subgraphs refer to them (Apollo Federation 2, "Entities"). */
export const defineEntityKeys = (builder: GraphBuilder, { subject, role, joinPoints }: EntityRefs): void => {
  builder.asEntity(subject, {
    key: builder.selection<{ reference: string }>('reference'),
    resolveReference: (representation, { assignments }) =>
      assignments.find({ reference: keyOf(representation, 'reference'), includeNestedScopes: false }),
  });
  builder.asEntity(role, {
    key: builder.selection<{ name: string }>('name'),
    resolveReference: (representation) => ({ roleName: keyOf(representation, 'name') }),
  });
  for (const [typeName, ref] of Object.entries(joinPoints) as [JoinPointName, TypeRef<JoinPoint>][]) {
    builder.asEntity(ref, {
      key: builder.selection<{ uuid: string }>('uuid'),
      resolveReference: (representation) => ({ typeName, uuid: keyOf(representation, 'uuid') }),
    });
  }
};

/** Puts our own resolvers behind `_entities` and `_service`; the usual ones are for objects and schemas of other makings. */
export const completeSubgraph = (schema: GraphQLSchema): GraphQLSchema => {
  const { _entities: entities, _service: service } = schema.getQueryType()?.getFields() ?? {};
  const union = schema.getType('_Entity');
  if (entities === undefined || service === undefined || !isUnionType(union)) {
    throw new TypeError('this is not the schema of a subgraph');
  }
  // The usual resolver writes `__typename` on what it is given, which must not happen to subjects that operations share, and
  // fails the whole list for one representation of an unknown type.
  entities.resolve = resolveEntities;
  entities.extensions = { ...entities.extensions, ...lookupCost };
  union.resolveType = (value: EntityValue) => ('typeName' in value ? value.typeName : nodeTypeNameOf(value));
  const sdl = printSubgraph(schema);
  service.resolve = () => ({ sdl });
  return schema;
};

/** The usual printer knows no `@oneOf`, and composers know only directives that are defined. */
const printSubgraph = (schema: GraphQLSchema): string => {
  let sdl = printSubgraphSchema(schema);
  for (const type of Object.values(schema.getTypeMap())) {
    if (isInputObjectType(type) && type.isOneOf)
      sdl = sdl.replace(`input ${type.name} {`, `input ${type.name} @oneOf {`);
  }
  return `${sdl}\n\n${oneOfDefinition}\n`;
};

type EntityValue = Subject | RoleHandle | JoinPoint;
type ResolveReference = (
  representation: object,
  context: GraphContext,
  info: GraphQLResolveInfo,
) => EntityValue | null | Promise<EntityValue | null>;

// Each representation fails alone: a promise that rejects nulls its own item.
const resolveEntities: GraphQLFieldResolver<unknown, GraphContext, { representations: readonly unknown[] }> = (
  _root,
  { representations },
  context,
  info,
) => {
  const union = info.schema.getType('_Entity');
  const resolvers = new Map(
    (isUnionType(union) ? union.getTypes() : []).map(({ name, extensions }) => [
      name,
      (extensions['apollo'] as { subgraph: { resolveReference: ResolveReference } }).subgraph.resolveReference,
    ]),
  );
  return representations.map(async (representation) => {
    const { __typename: typeName, ...key } = (representation ?? {}) as Readonly<Record<string, unknown>>;
    const resolve = typeof typeName === 'string' ? resolvers.get(typeName) : undefined;
    if (resolve === undefined) {
      throw new GatewayError(
        'BAD_USER_INPUT',
        `A representation needs a __typename of an entity of this subgraph: ${[...resolvers.keys()].join(', ')}.`,
      );
    }
    return resolve(key, context, info);
  });
};

/** The key of a representation, which comes from outside and can be anything. */
const keyOf = (representation: object, field: string): string => {
  const value = (representation as Readonly<Record<string, unknown>>)[field];
  if (typeof value === 'string' && value !== '') return value;
  throw new GatewayError('BAD_USER_INPUT', `A representation needs its key: ${field}, a string that is not empty.`);
};
