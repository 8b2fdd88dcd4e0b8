import {
  defaultFieldResolver,
  defaultTypeResolver,
  getNamedType,
  type GraphQLField,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  GraphQLUnionType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';
import type { Signal } from '../../platform/abort.ts';
import { turnFor, type Turns } from '../../platform/turns.ts';
import type { AnswerMeter } from './answer-meter.ts';

/** What the resolvers of a counting schema are given as their context: around the operation's own one. */
export interface CountingContext {
  readonly inner: unknown;
  readonly signal: Signal | undefined;
  readonly meter: AnswerMeter;
  readonly turns: Turns;
  readonly owner: object;
  /** Ends the whole answer. */
  readonly end: (error: Error) => void;
}

/**
 * The same schema, whose fields count what they give and let others have a turn, as the compiled executor does by itself: graphql-js has no place for
 * either. Types are copied, because the fields of one type cannot differ between two executors.
 */
export const countingSchema = (schema: GraphQLSchema): GraphQLSchema => {
  const copies = new Map<string, GraphQLNamedType>();
  const copyOf = <Type extends GraphQLNamedType>(type: Type): Type => (copies.get(type.name) ?? type) as Type;
  const outputOf = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(outputOf(type.ofType));
    if (isListType(type)) return new GraphQLList(outputOf(type.ofType));
    return copyOf(type);
  };
  const fieldsOf = (type: GraphQLObjectType | GraphQLInterfaceType) => () => {
    const fields: Record<string, GraphQLFieldConfig<unknown, CountingContext>> = {};
    const configs = type.toConfig().fields;
    for (const [name, field] of Object.entries(type.getFields())) {
      const config = configs[name] as GraphQLFieldConfig<unknown, unknown>;
      fields[name] = { ...config, type: outputOf(field.type), resolve: counting(field) };
    }
    return fields;
  };
  const interfacesOf = (type: GraphQLObjectType | GraphQLInterfaceType) => () => type.getInterfaces().map(copyOf);

  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    if (isObjectType(type)) {
      const { isTypeOf } = type;
      copies.set(
        type.name,
        new GraphQLObjectType<unknown, CountingContext>({
          ...type.toConfig(),
          fields: fieldsOf(type),
          interfaces: interfacesOf(type),
          isTypeOf: isTypeOf && ((value, context, info) => isTypeOf(value, context.inner, info)),
        }),
      );
    } else if (isInterfaceType(type) || isUnionType(type)) {
      const resolveType = type.resolveType ?? defaultTypeResolver;
      const inner = (value: unknown, context: CountingContext, info: Parameters<typeof resolveType>[2]) =>
        resolveType(value, context.inner, info, type);
      copies.set(
        type.name,
        isInterfaceType(type)
          ? new GraphQLInterfaceType({
              ...type.toConfig(),
              fields: fieldsOf(type),
              interfaces: interfacesOf(type),
              resolveType: inner,
            })
          : new GraphQLUnionType({ ...type.toConfig(), types: () => type.getTypes().map(copyOf), resolveType: inner }),
      );
    }
  }
  const config = schema.toConfig();
  return new GraphQLSchema({
    ...config,
    query: config.query && copyOf(config.query),
    mutation: config.mutation && copyOf(config.mutation),
    subscription: config.subscription && copyOf(config.subscription),
    types: config.types.map(copyOf),
  });
};

/** Never settles: an answer that has ended already must not be worked on. */
const never = new Promise<never>(() => {});

const counting = (field: GraphQLField<unknown, unknown>): GraphQLFieldResolver<unknown, CountingContext> => {
  const resolve = field.resolve ?? defaultFieldResolver;
  const isLeaf = isLeafType(getNamedType(field.type));
  return (source, args, context, info) => {
    const { meter, turns, signal } = context;
    const ask = (): unknown => {
      if (meter.exceeded !== undefined) return never;
      signal?.throwIfAborted();
      const value = resolve(source, args, context.inner, info);
      return isThenable(value) ? Promise.resolve(value).then(count) : count(value);
    };
    const count = (value: unknown): unknown => {
      try {
        meter.countBytes(info.path.key.toString().length + quotesAndColon);
        countValue(value, isLeaf, meter);
        return value;
      } catch (error) {
        context.end(error as Error);
        return never;
      }
    };
    const turn = turnFor(turns, context.owner);
    return turn === undefined ? ask() : turn.then(ask);
  };
};

const quotesAndColon = 4;

/** About as large as it will be written: exact is what counts the writing of it. */
const countValue = (value: unknown, isLeaf: boolean, meter: AnswerMeter): void => {
  if (Array.isArray(value)) for (const item of value) countValue(item, isLeaf, meter);
  else if (isLeaf) meter.countBytes(typeof value === 'string' ? value.length : leafBytes);
  else if (value !== null && value !== undefined) meter.countObject();
};

const leafBytes = 4;

const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';
