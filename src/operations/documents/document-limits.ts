import { type DocumentNode, GraphQLError, Kind, parse, type SelectionSetNode, type Source } from 'graphql';

/** Bounds on a document by itself. What it may cost with its variables is `cost.ts`'s. */
export interface DocumentLimits {
  readonly maxTokens: number;
  /** Levels of fields, fragments put in their places. */
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** Fields of one name (or alias), wherever they stand: validation compares each with each that may be merged with it. */
  readonly maxRepeats: number;
}

/**
 * The bounds that are the same everywhere. What people and their clients write stays far below them (introspection as graphql-js sends
 * it has 73 fields, 18 of them of one name); above them validation alone becomes a way to hurt the server.
 */
export const documentBounds = { maxAliases: 100, maxDirectives: 100, maxRepeats: 200, maxFields: 2000 } as const;

/**
 * Parses a document and refuses, with `BAD_USER_INPUT` and the numbers, what is larger than it may be. Takes time and memory in
 * proportion to the tokens read, however fragments spread one another.
 */
export const parseWithin = (limits: DocumentLimits, source: string | Source): DocumentNode => {
  const document = parseShallow(source, limits.maxTokens);
  const { aliases, directives, repeats } = countIn(document);
  if (aliases > limits.maxAliases) throw refusal('aliases', aliases, limits.maxAliases);
  if (directives > limits.maxDirectives) throw refusal('directives', directives, limits.maxDirectives);
  if (repeats > limits.maxRepeats) throw refusal('fields of one name', repeats, limits.maxRepeats);
  if (depthOf(document, limits.maxDepth) > limits.maxDepth) throw tooDeep(limits.maxDepth);
  return document;
};

const parseShallow = (source: string | Source, maxTokens: number): DocumentNode => {
  try {
    return parse(source, { maxLexicalTokens: maxTokens });
  } catch (error) {
    // The parser descends by calling itself: thousands of opening brackets end its stack.
    if (error instanceof RangeError) throw badInput('The document nests too deeply to be read.');
    // The parser has no code for it, and its own words call it a syntax error.
    if (error instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(error.message)) {
      throw badInput(
        `The document has more than the ${maxTokens} tokens that one may have. Split it, or send less of it.`,
      );
    }
    throw error;
  }
};

/** Counts what is written, each fragment once: what its spreads multiply, the cost knows. */
const countIn = (document: DocumentNode): { aliases: number; directives: number; repeats: number } => {
  const counts = { aliases: 0, directives: 0, repeats: 0 };
  const namesakes = new Map<string, number>();
  const sets: SelectionSetNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      for (const variable of definition.variableDefinitions ?? [])
        counts.directives += variable.directives?.length ?? 0;
    }
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      counts.directives += definition.directives?.length ?? 0;
      sets.push(definition.selectionSet);
    }
  }
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    for (const selection of set.selections) {
      counts.directives += selection.directives?.length ?? 0;
      if (selection.kind === Kind.FRAGMENT_SPREAD) continue;
      if (selection.kind === Kind.FIELD) {
        if (selection.alias !== undefined) counts.aliases++;
        const name = (selection.alias ?? selection.name).value;
        const count = (namesakes.get(name) ?? 0) + 1;
        namesakes.set(name, count);
        if (count > counts.repeats) counts.repeats = count;
      }
      if (selection.selectionSet !== undefined) sets.push(selection.selectionSet);
    }
  }
  return counts;
};

/** The depth, or infinity once it is over the bound or where fragments spread themselves. Each fragment is measured once. */
const depthOf = (document: DocumentNode, maxDepth: number): number => {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition.selectionSet);
  }
  const measured = new Map<string, number>();

  const below = (set: SelectionSetNode, room: number): number => {
    if (room < 0) return Number.POSITIVE_INFINITY;
    let deepest = 0;
    for (const selection of set.selections) {
      let depth = 1;
      if (selection.kind === Kind.FRAGMENT_SPREAD) depth = inFragment(selection.name.value, room);
      // Inline fragments take no level of the answer, but they do take the stack.
      else if (selection.kind === Kind.INLINE_FRAGMENT) depth = below(selection.selectionSet, room - 1);
      else if (selection.selectionSet !== undefined) depth = 1 + below(selection.selectionSet, room - 1);
      if (depth > deepest) deepest = depth;
    }
    return deepest;
  };

  const inFragment = (name: string, room: number): number => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    const set = fragments.get(name);
    // Validation says it better that the fragment is missing.
    if (set === undefined) return 0;
    // Until it is measured: a fragment that meets itself has no end.
    measured.set(name, Number.POSITIVE_INFINITY);
    const depth = below(set, room);
    measured.set(name, depth);
    return depth;
  };

  let deepest = 0;
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    deepest = Math.max(deepest, below(definition.selectionSet, 2 * maxDepth));
  }
  return deepest;
};

const refusal = (things: string, count: number, most: number): GraphQLError =>
  badInput(`The document has ${count} ${things}, and ${most} is the most. Split it, or send less of it.`);

const tooDeep = (maxDepth: number): GraphQLError =>
  badInput(`The document nests fields deeper than the ${maxDepth} levels allowed, or fragments spread themselves.`);

/** A refusal of the request as a whole (GraphQL over HTTP: 400 where the client knows that media type, else 200). */
export const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400, spec: true } } });
