import { type ConstDirectiveNode, type DefinitionNode, type GraphQLSchema, Kind, parse, print } from 'graphql';
import { printGraph } from '../print.ts';

/** The version of federation whose directives are used (Apollo, "Federation specification"). */
const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.6", import: ["@key", "@shareable"])`;

/**
 * A graph as a subgraph says it of itself: with the keys of its entities, by the name of their type, and with the types that other subgraphs may
 * define as well.
 */
export const printSubgraph = (
  schema: GraphQLSchema,
  keys: ReadonlyMap<string, readonly string[]>,
  shareable: ReadonlySet<string>,
): string => {
  const { definitions } = parse(printGraph(schema));
  const withDirectives = definitions.map((definition): DefinitionNode => {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition;
    const { value } = definition.name;
    const directives = [
      ...(definition.directives ?? []),
      ...(keys.get(value) ?? []).map((fields) => directive('key', { fields })),
      ...(shareable.has(value) ? [directive('shareable')] : []),
    ];
    return { ...definition, directives };
  });
  return `${link}\n\n${print({ kind: Kind.DOCUMENT, definitions: withDirectives })}\n`;
};

/** A directive as it stands in a document, such as `@key(fields: "uuid")`. */
const directive = (name: string, args: Readonly<Record<string, string>> = {}): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments: Object.entries(args).map(([argument, value]) => ({
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: argument },
    value: { kind: Kind.STRING, value },
  })),
});
