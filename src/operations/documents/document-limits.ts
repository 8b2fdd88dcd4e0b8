import {
  type DocumentNode,
  GraphQLError,
  Kind,
  parse,
  type SelectionSetNode,
  Source,
  type Token,
  TokenKind,
} from 'graphql';
import { GatewayError } from '../../model/errors.ts';

/** Bounds on a document by itself. What it costs upstream is `call-cost.ts`'s. */
export interface DocumentLimits {
  readonly maxDocumentBytes: number;
  readonly maxTokens: number;
  /** Levels of fields, fragments put in their places. */
  readonly maxDepth: number;
}

/** Operations that a document may have. */
export const maxOperations = 20;

/**
 * The bounds that are the same everywhere. What people and their clients write stays far below them (introspection as graphql-js sends
 * it has 73 fields, 18 of them of one name); above them validation alone becomes a way to hurt the server: it compares fields of one name with each
 * other, fragments with fragments, and looks at what each operation reaches.
 */
const most = {
  aliases: 100,
  directives: 100,
  /** Fields of one name (or alias), wherever they stand. */
  repeats: 200,
  fragments: 100,
  /** Each is followed again by every rule, and compared with those beside it. */
  spreads: 500,
  operations: maxOperations,
  /** Errors tell their line: it is looked for from the front. */
  lines: 10_000,
  /** Errors repeat names, and compare them with those that were meant. */
  nameLength: 200,
} as const;

/** Fields that a document may have as it is written, and each of its operations with fragments put in their places. */
export const maxFields = 2000;

/**
 * Parses a document, or refuses it with `BAD_USER_INPUT` and the bound that it breaks, and a syntax error with GraphQL's own error. Takes time and
 * memory in proportion to what is read until a bound is met, however fragments spread one another.
 */
export const parseWithin = (limits: DocumentLimits, text: string): DocumentNode => {
  // No character has more than three bytes for its length, so most texts need no counting.
  if (text.length * 3 > limits.maxDocumentBytes && Buffer.byteLength(text) > limits.maxDocumentBytes) {
    throw badInput(
      `The document is larger than the ${limits.maxDocumentBytes} bytes that one may have. Split it, or send values as variables.`,
    );
  }
  checkLines(text);
  const document = parseShallow(text, limits.maxTokens);
  checkNames(document);
  checkCounts(document);
  if (depthOf(document, limits.maxDepth) > limits.maxDepth) throw tooDeep(limits.maxDepth);
  return document;
};

const checkLines = (text: string): void => {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
    if (++lines > most.lines) throw tooMany('lines', most.lines);
  }
  for (let at = text.indexOf('\r'); at >= 0; at = text.indexOf('\r', at + 1)) {
    if (++lines > most.lines) throw tooMany('lines', most.lines);
  }
};

const parseShallow = (text: string, maxTokens: number): DocumentNode => {
  try {
    const source = new Source(text);
    const document = parse(source, { maxLexicalTokens: maxTokens });
    // GraphQL looks for the line of each error from the front of the text, whoever wants to know it or not. Without a text it finds nothing to look through; lines
    // are found from the positions, which errors have as well, once for all of them.
    source.body = '';
    return document;
  } catch (error) {
    // The parser descends by calling itself: thousands of opening brackets end its stack.
    if (error instanceof RangeError) throw badInput('The document nests too deeply to be read.');
    // The parser has no code for it, and its own words call it a syntax error.
    if (error instanceof GraphQLError && /more tha[nt] \d+ tokens/.test(error.message)) {
      throw tooMany('tokens', maxTokens);
    }
    throw error;
  }
};

const checkNames = (document: DocumentNode): void => {
  for (let token: Token | null = document.loc?.startToken ?? null; token !== null; token = token.next) {
    if (token.kind === TokenKind.NAME && token.value.length > most.nameLength) {
      throw badInput(`The document has a name of more than ${most.nameLength} characters. Use a shorter one.`);
    }
  }
};

/** Counts what is written, each fragment once: what its spreads multiply, the cost knows. */
const checkCounts = (document: DocumentNode): void => {
  const counts = { aliases: 0, directives: 0, fragments: 0, spreads: 0, operations: 0 };
  let fields = 0;
  const count = (what: keyof typeof counts, more = 1): void => {
    counts[what] += more;
    if (counts[what] > most[what]) throw tooMany(what, most[what]);
  };
  const namesakes = new Map<string, number>();
  const sets: SelectionSetNode[] = [];
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      count('operations');
      for (const variable of definition.variableDefinitions ?? []) {
        count('directives', variable.directives?.length ?? 0);
      }
    }
    if (definition.kind === Kind.FRAGMENT_DEFINITION) count('fragments');
    if (definition.kind === Kind.OPERATION_DEFINITION || definition.kind === Kind.FRAGMENT_DEFINITION) {
      count('directives', definition.directives?.length ?? 0);
      sets.push(definition.selectionSet);
    }
  }
  for (let set = sets.pop(); set !== undefined; set = sets.pop()) {
    for (const selection of set.selections) {
      count('directives', selection.directives?.length ?? 0);
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        count('spreads');
        continue;
      }
      if (selection.kind === Kind.FIELD) {
        if (++fields > maxFields) throw tooMany('fields', maxFields);
        if (selection.alias !== undefined) count('aliases');
        const name = (selection.alias ?? selection.name).value;
        const repeats = (namesakes.get(name) ?? 0) + 1;
        if (repeats > most.repeats) throw tooMany('fields of one name', most.repeats);
        namesakes.set(name, repeats);
      }
      if (selection.selectionSet !== undefined) sets.push(selection.selectionSet);
    }
  }
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

const tooMany = (things: string, bound: number): GatewayError =>
  badInput(`The document has more than the ${bound} ${things} that one may have. Split it, or send less of it.`);

const tooDeep = (maxDepth: number): GatewayError =>
  badInput(`The document nests fields deeper than the ${maxDepth} levels allowed, or fragments spread themselves.`);

const badInput = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);
