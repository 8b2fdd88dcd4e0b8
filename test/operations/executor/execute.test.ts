import fc from 'fast-check';
import {
  execute,
  type ExecutionResult,
  getVariableValues,
  GraphQLEnumType,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLInterfaceType,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLBoolean,
  GraphQLSchema,
  GraphQLString,
  GraphQLUnionType,
  isAbstractType,
  isCompositeType,
  getNamedType,
  type GraphQLCompositeType,
  type OperationDefinitionNode,
  parse,
  validate,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createLoader } from '../../../src/assignments/lookup/loader.ts';
import type { Operation } from '../../../src/model/operation.ts';
import { type AnswerBounds, AnswerLimitError } from '../../../src/operations/executor/answer-meter.ts';
import { createCompiledExecutor } from '../../../src/operations/executor/compiled.ts';
import type { ExecutionResult as OurResult } from '../../../src/operations/executor/executor.ts';
import { createStandardExecutor } from '../../../src/operations/executor/standard.ts';
import { viewOf, type WriteDirectly, type WrittenText } from '../../../src/platform/byte-text.ts';
import { createTurns, type Turns } from '../../../src/platform/turns.ts';

/** Chance that follows from a seed and a name, so that two executions meet the same. */
const hash = (seed: number, name: string): number => {
  let value = seed ^ 0x9e3779b9;
  for (const character of name) value = Math.imul(value ^ character.charCodeAt(0), 0x01000193);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  return (value ^ (value >>> 13)) >>> 0;
};

interface Thing {
  readonly id: string;
  readonly typeName: 'Thing' | 'Other';
}

/** Decides what every field of every object gives, and settles promises one at a time in an order that follows from the seed. */
class Fate {
  readonly #seed: number;
  readonly #waiting: { readonly rank: number; readonly settle: () => void }[] = [];
  /** What was asked for, in its order. */
  readonly asked: string[] = [];

  constructor(seed: number) {
    this.#seed = seed;
  }

  give(id: string, value: () => unknown): unknown {
    this.asked.push(id);
    const chance = hash(this.#seed, id) % 100;
    if (chance < 50) return value();
    if (chance < 72) return this.#later(id, value);
    if (chance < 78) return null;
    if (chance < 84) return new Error(`error of ${id}`);
    if (chance < 90) return this.#later(id, () => null);
    if (chance < 95) return this.#later(id, () => Promise.reject(new Error(`rejection of ${id}`)));
    throw new Error(`exception of ${id}`);
  }

  /** Runs until nothing waits any more. */
  async settleAll(): Promise<void> {
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      this.#waiting.sort((a, b) => a.rank - b.rank);
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.settle();
    }
  }

  #later(id: string, value: () => unknown): Promise<unknown> {
    return new Promise((resolve) => {
      this.#waiting.push({ rank: hash(this.#seed, `rank ${id}`), settle: () => resolve(value()) });
    });
  }
}

const kind = new GraphQLEnumType({ name: 'Kind', values: { BIG: { value: 'big' }, SMALL: { value: 'small' } } });
const range = new GraphQLInputObjectType({
  name: 'Range',
  fields: {
    from: { type: GraphQLInt, defaultValue: 1 },
    to: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 9 },
    inner: {
      type: new GraphQLInputObjectType({ name: 'Inner', fields: { word: { type: GraphQLString, defaultValue: 'x' } } }),
    },
  },
});

interface World {
  readonly fate: Fate;
}

const field = (type: GraphQLOutputType, value: (id: string) => unknown) => ({
  type,
  resolve: (
    { id }: Thing,
    _args: unknown,
    { fate }: World,
    info: { path: { key: string | number }; fieldName: string },
  ) => fate.give(`${id}.${info.fieldName}`, () => value(`${id}.${info.path.key}`)),
});
const thingAt = (id: string): Thing => ({ id, typeName: hash(7, id) % 2 === 0 ? 'Thing' : 'Other' });
const asThing = (id: string): Thing => ({ id, typeName: 'Thing' });
const several = (id: string, item: (id: string) => unknown): unknown[] =>
  Array.from({ length: hash(3, id) % 4 }, (_, index) => item(`${id}.${index}`));

const part = new GraphQLObjectType({
  name: 'Part',
  fields: {
    word: { type: GraphQLString, extensions: { isPure: true } },
    kind: { type: kind, extensions: { isPure: true } },
  },
});
/** Of which the same objects come up again and again, some of them with something wrong. */
const place = new GraphQLObjectType({
  name: 'Place',
  fields: {
    word: { type: new GraphQLNonNull(GraphQLString), extensions: { isPure: true } },
    kind: { type: kind, extensions: { isPure: true } },
    parts: { type: new GraphQLList(new GraphQLNonNull(part)), extensions: { isPure: true } },
    promised: { type: GraphQLString, extensions: { isPure: true } },
    echo: {
      type: GraphQLString,
      args: { word: { type: GraphQLString } },
      resolve: ({ word }: { word: string }, args: { word?: string }) => `${word} ${args.word}`,
      extensions: { isPure: true },
    },
    asked: {
      type: GraphQLInt,
      resolve: (_place, _args, { fate }: World) => fate.asked.length,
    },
  },
});
const places = [
  { word: 'good "place"', kind: 'big', parts: [{ word: 'a', kind: 'small' }, { word: null }] },
  { word: 'other', kind: 'small', parts: [], promised: Promise.resolve('late') },
  { word: 'odd', kind: 'huge', parts: null },
  { word: 'torn', kind: null, parts: [{ word: 'b', kind: 'huge' }, null] },
  { kind: 'big' },
];

/** A text that writes itself. */
const lazily = (text: string): WrittenText => ({
  valueOf: () => text,
  writeTo(out) {
    out.plain(text);
  },
});

const named: GraphQLInterfaceType = new GraphQLInterfaceType({
  name: 'Named',
  fields: () => ({ name: { type: GraphQLString }, self: { type: thing } }),
  resolveType: ({ typeName, id }: Thing, { fate }: World) =>
    fate.give(`type of ${id}`, () => typeName) as string | Promise<string>,
});
const either: GraphQLUnionType = new GraphQLUnionType({
  name: 'Either',
  types: () => [thing, other],
  resolveType: ({ typeName }: Thing) => typeName,
});
const thing: GraphQLObjectType = new GraphQLObjectType({
  name: 'Thing',
  interfaces: [named],
  fields: () => ({
    // Without a resolver: a property, a method, a getter that throws, a promise.
    id: { type: new GraphQLNonNull(GraphQLString) },
    name: field(GraphQLString, (id) => `name "${id}" ü`),
    text: field(new GraphQLNonNull(GraphQLString), (id) => id),
    count: field(GraphQLInt, (id) => (hash(5, id) % 9 === 0 ? 'many' : hash(5, id) % 1000)),
    kind: field(kind, (id) => (hash(5, id) % 9 === 0 ? 'huge' : 'big')),
    isSo: field(new GraphQLNonNull(GraphQLBoolean), () => true),
    self: field(thing, asThing),
    sure: field(new GraphQLNonNull(thing), asThing),
    list: field(new GraphQLList(thing), (id) => several(id, asThing)),
    sureList: field(new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(thing))), (id) => several(id, asThing)),
    grid: field(new GraphQLList(new GraphQLNonNull(new GraphQLList(GraphQLInt))), (id) =>
      several(id, (row) => several(row, () => 1)),
    ),
    words: field(new GraphQLList(new GraphQLNonNull(GraphQLString)), (id) => new Set(several(id, (word) => word))),
    places: field(new GraphQLList(place), (id) =>
      several(id, (item) => [0, 1, 2].map((n) => places[hash(n, item) % places.length])).flat(),
    ),
    token: field(GraphQLString, (id) => lazily(`token-${id.length}`)),
    tokens: field(new GraphQLList(new GraphQLNonNull(GraphQLString)), (id) => several(id, () => lazily('t'))),
    noList: field(new GraphQLList(GraphQLString), () => 'text'),
    named: field(named, thingAt),
    either: field(new GraphQLNonNull(either), thingAt),
    eithers: field(new GraphQLList(either), (id) => several(id, thingAt)),
    promises: field(new GraphQLList(thing), (id) => several(id, (item) => Promise.resolve(asThing(item)))),
    echo: {
      type: GraphQLString,
      args: {
        range: { type: range, defaultValue: { to: 4 } },
        word: { type: GraphQLString },
        must: { type: new GraphQLNonNull(GraphQLInt), defaultValue: 2 },
      },
      resolve: (_source, args) => JSON.stringify(args),
    },
  }),
});
const other: GraphQLObjectType = new GraphQLObjectType({
  name: 'Other',
  interfaces: [named],
  isTypeOf: ({ typeName }: Thing, { fate }: World) =>
    fate.asked.length > 0 && (typeName === 'Other' ? Promise.resolve(true) : false),
  fields: () => ({
    id: { type: new GraphQLNonNull(GraphQLString) },
    name: field(GraphQLString, (id) => id),
    self: field(thing, asThing),
    either: field(either, thingAt),
  }),
});
const schema = new GraphQLSchema({ query: thing, types: [other] });
const root: Thing = { id: 'root', typeName: 'Thing' };

/** A query that follows from a seed. Every kind of selection comes up. */
const createQuery = (seed: number): string => {
  let count = 0;
  const dice = (sides: number): number => hash(seed, `dice ${count++}`) % sides;
  const fragments: string[] = [];
  const condition = (): string =>
    ['', '', '', '', '@include(if: $yes)', '@skip(if: $no)', '@skip(if: $yes)', '@include(if: true) @skip(if: $no)'][
      dice(8)
    ] as string;

  const select = (type: GraphQLCompositeType, depth: number): string => {
    const selections: string[] = ['__typename'];
    const fields =
      isAbstractType(type) && 'getTypes' in type ? [] : Object.values((type as GraphQLObjectType).getFields());
    const wanted = 1 + dice(4);
    for (let i = 0; i < wanted && fields.length > 0; i++) {
      const chosen = fields[dice(fields.length)] as (typeof fields)[number];
      const target = getNamedType(chosen.type);
      if (isCompositeType(target) && depth === 0) continue;
      const body = isCompositeType(target) ? ` { ${select(target, depth - 1)} }` : '';
      const given =
        chosen.name === 'echo'
          ? ((type.name === 'Place'
              ? ['', '(word: $word)', '(word: "w")', '(word: "v")', '(word: null)']
              : [
                  '',
                  '(word: $word)',
                  '(range: $range, must: 7)',
                  '(range: { inner: { word: $word } })',
                  '(must: $must)',
                ])[dice(5)] as string)
          : '';
      // Equal names have to ask for equal things, so what has arguments gets a name of its own.
      const alias = given !== '' || dice(4) === 0 ? `a${count}: ` : '';
      selections.push(`${alias}${chosen.name}${given} ${condition()}${body}`);
    }
    if (depth > 0 && dice(3) === 0) {
      const on = isAbstractType(type) ? (['Thing', 'Other', 'Named'][dice(3)] as string) : type.name;
      const target = schema.getType(on) as GraphQLCompositeType;
      if (dice(2) === 0) {
        selections.push(`... on ${on} ${condition()} { ${select(target, depth - 1)} }`);
      } else {
        const name = `F${fragments.length}`;
        fragments.push('');
        fragments[Number(name.slice(1))] = `fragment ${name} on ${on} { ${select(target, depth - 1)} }`;
        selections.push(`...${name} ${condition()}`, `...${name}`);
      }
    }
    return selections.join(' ');
  };
  const body = select(thing, 3);
  return `query Q($yes: Boolean!, $no: Boolean! = false, $word: String, $range: Range, $must: Int! = 5) { ${body} used: echo(word: $word, range: $range, must: $must) s: sure @skip(if: $no) @include(if: $yes) { id } } ${fragments.join(' ')}`;
};

/** Two messages name values that clients never see: where they lead is compared, not their words. */
const inShort = (message: string): string => message.replace(/^((?:Abstract|Expected value of) type "\w+").*/s, '$1');

const shown = ({ data, errors }: { data: string; errors: ExecutionResult['errors'] }) => ({
  data,
  errors: errors?.map(({ message, path, locations }) => ({ message: inShort(message), path, locations })),
});

const read = ({ data, errors }: OurResult) => ({
  data: Buffer.concat(data).toString(),
  errors: errors.length === 0 ? undefined : errors,
});

const unbounded: AnswerBounds = { maxObjects: Infinity, maxBytes: Infinity };

interface RunOptions {
  readonly schema: GraphQLSchema;
  readonly query: string;
  readonly rootValue: unknown;
  readonly contextValue?: unknown;
  readonly variableValues?: Record<string, unknown>;
  readonly bounds?: AnswerBounds;
  readonly turns?: Turns;
  readonly owner?: object;
  readonly createExecutor?: typeof createStandardExecutor;
}

/** Compiles, with fields of this name written past their resolvers. */
const executorWriting =
  (fieldName: string | undefined, write: WriteDirectly): typeof createStandardExecutor =>
  ({ schema, turns }) =>
    createCompiledExecutor({
      schema,
      turns,
      maxFields: 2000,
      isPure: ({ extensions }) => extensions['isPure'] === true,
      writeDirectly: ({ definition }) => (definition.name === fieldName ? write : undefined),
    });

const compiledExecutor = executorWriting(undefined, () => undefined);

const runOurs = (options: RunOptions): OurResult | Promise<OurResult> => {
  const { schema, query, rootValue, contextValue = {}, variableValues = {}, bounds = unbounded } = options;
  // By a clock that stands, so that a busy machine does not change the order of anything.
  const { turns = createTurns({ nowMs: () => 0 }), owner = {}, createExecutor = compiledExecutor } = options;
  const document = parse(query);
  const [operation] = document.definitions as [OperationDefinitionNode];
  const { coerced } = getVariableValues(schema, operation.variableDefinitions ?? [], variableValues);
  return createExecutor({ schema, turns })
    .prepare(document, operation)
    .execute({
      rootValue,
      contextValue,
      variables: coerced as Record<string, unknown>,
      givenVariables: variableValues,
      signal: undefined,
      bounds,
      owner,
    });
};

/** Runs with nobody but this function told of rejections that nobody handled, and tells how many there were. */
const countUnhandled = async (work: () => Promise<void>): Promise<number> => {
  const listeners = process.listeners('unhandledRejection');
  let count = 0;
  process.removeAllListeners('unhandledRejection');
  process.on('unhandledRejection', () => count++);
  try {
    await work();
  } finally {
    process.removeAllListeners('unhandledRejection');
    for (const listener of listeners) process.on('unhandledRejection', listener);
  }
  return count;
};

/** Both answers to a query, and what each asked of the resolvers. */
const runBoth = async (query: string, variableValues: Record<string, unknown>, seed: number) => {
  const document = parse(query);
  expect(validate(schema, document)).toEqual([]);
  let unhandled = 0;
  const finish = async <Result>(
    run: (world: World) => Result | Promise<Result>,
    read: (result: Result) => Parameters<typeof shown>[0],
  ) => {
    const fate = new Fate(seed);
    let result: Result | undefined;
    unhandled = await countUnhandled(async () => {
      [result] = await Promise.all([run({ fate }), fate.settleAll()]);
    });
    return { ...shown(read(result as Result)), asked: fate.asked };
  };
  const standard = await finish(
    (contextValue) => execute({ schema, document, rootValue: root, contextValue, variableValues }),
    ({ data, errors }) => ({ data: JSON.stringify(data), errors }),
  );
  const compiled = await finish(
    (contextValue) => runOurs({ schema, query, rootValue: root, contextValue, variableValues }),
    read,
  );
  // graphql-js leaves some behind where an item of a list fails while others are pending.
  return { standard, compiled, unhandled };
};

describe('a compiled execution', () => {
  it('gives what graphql-js gives, errors and their paths included, whatever the query and the data', async () => {
    let withErrors = 0;
    let withoutData = 0;
    await fc.assert(
      fc.asyncProperty(fc.integer(), fc.integer(), fc.boolean(), fc.boolean(), async (querySeed, seed, yes, no) => {
        const variables = {
          yes,
          ...(no ? { no } : {}),
          ...(seed % 2 === 0 ? { word: 'w', range: { from: 2, inner: {} } } : {}),
        };
        const { standard, compiled, unhandled } = await runBoth(createQuery(querySeed), variables, seed);
        expect(compiled).toEqual(standard);
        expect(unhandled).toBe(0);
        if (standard.errors !== undefined) withErrors++;
        if (standard.data === 'null') withoutData++;
      }),
      { numRuns: 600, seed: 8 },
    );
    // A property that never meets an error proves little about errors.
    expect(withErrors).toBeGreaterThan(50);
    expect(withoutData).toBeGreaterThan(5);
  });

  it('asks an object once for what follows from it alone, however often it comes up', () => {
    let asked = 0;
    const repeated = {
      get word() {
        asked++;
        return 'again';
      },
    };
    const lists = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { places: { type: new GraphQLList(place) } } }),
    });
    const query = '{ places { word } twice: places { __typename word } }';
    const result = runOurs({
      schema: lists,
      query,
      rootValue: { places: [repeated, repeated, repeated] },
    }) as OurResult;
    const [one, other] = ['{"word":"again"}', '{"__typename":"Place","word":"again"}'];
    expect(read(result).data).toBe(`{"places":[${one},${one},${one}],"twice":[${other},${other},${other}]}`);
    expect(asked).toBe(2);
  });

  it('leaves no rejection unhandled when an item before it has lost the list', async () => {
    const lists = new GraphQLSchema({
      query: new GraphQLObjectType({
        name: 'Query',
        fields: { words: { type: new GraphQLList(new GraphQLNonNull(GraphQLString)) } },
      }),
    });
    const words = [null, Promise.reject(new Error('late')), 'word', Promise.reject(new Error('later'))];
    let result: OurResult | undefined;
    const unhandled = await countUnhandled(async () => {
      result = await runOurs({ schema: lists, query: '{ words }', rootValue: { words } });
      // Node tells of what nobody handled once the work of a turn is done.
      await new Promise((resolve) => setImmediate(resolve));
    });
    expect(unhandled).toBe(0);
    expect(shown(read(result as OurResult))).toMatchObject({
      data: '{"words":null}',
      errors: [{ path: ['words', 0] }],
    });
  });
});

describe('an execution of many objects', () => {
  const item: GraphQLObjectType = new GraphQLObjectType<{ depth: number; path: string }>({
    name: 'Item',
    fields: () => ({
      path: { type: new GraphQLNonNull(GraphQLString) },
      later: { type: GraphQLString, resolve: ({ path }) => Promise.resolve(path) },
      broken: {
        type: GraphQLString,
        resolve: ({ path }) => {
          if (path.endsWith('7')) throw new Error(`no ${path}`);
          return path;
        },
      },
      sure: {
        type: new GraphQLNonNull(GraphQLString),
        resolve: ({ path }) => (path.endsWith('13') ? Promise.reject(new Error(`not sure of ${path}`)) : path),
      },
      items: {
        type: new GraphQLList(item),
        args: { count: { type: GraphQLInt } },
        resolve: ({ path }, { count }: { count?: number }) =>
          Array.from({ length: count ?? 20 }, (_, index) => ({ path: `${path}.${index}` })),
      },
      promised: {
        type: new GraphQLList(new GraphQLNonNull(item)),
        resolve: ({ path }) =>
          Array.from({ length: 30 }, (_, index) =>
            index === 29 && path.endsWith('3')
              ? Promise.reject(new Error(`not the last of ${path}`))
              : Promise.resolve({ path: `${path}.p${index}` }),
          ),
      },
    }),
  });
  const items = new GraphQLSchema({ query: item });
  const rootValue = { path: 'r' };
  const query = `{ path a: items { path items { path broken later } } b: items { sure promised { path broken sure } }
    c: items(count: 150) { broken } promised { later } }`;
  const impatient = (): Turns => {
    const turns = createTurns();
    return { ...turns, isOver: () => true };
  };
  const byPath = (errors: ExecutionResult['errors'] = []) =>
    errors.map(({ message, path }) => `${path?.join('.')}: ${message}`).sort();

  it.each([
    ['compiled', compiledExecutor],
    ['standard', createStandardExecutor],
  ])('is the same however often it has to wait for another turn: %s', async (_name, createExecutor) => {
    const expected = await execute({ schema: items, document: parse(query), rootValue });
    let unlistedErrors = 0;
    const unhandled = await countUnhandled(async () => {
      const result = await runOurs({ schema: items, query, rootValue, turns: impatient(), createExecutor });
      expect(JSON.parse(read(result).data)).toEqual(expected.data);
      ({ unlistedErrors } = result);
      const all = byPath(expected.errors);
      for (const error of byPath(result.errors)) expect(all).toContain(error);
      expect(result.errors.length + unlistedErrors).toBeGreaterThan(20);
    });
    expect(unhandled).toBe(0);
  });

  it.each([
    ['compiled', compiledExecutor],
    ['standard', createStandardExecutor],
  ])('lists a bounded number of errors and counts the others: %s', async (_name, createExecutor) => {
    const many = '{ items(count: 100) { items(count: 100) { broken } } }';
    const result = await runOurs({ schema: items, query: many, rootValue, createExecutor });
    expect(result.errors).toHaveLength(200);
    expect(result.unlistedErrors).toBe(100 * 10 - 200);
  });

  it.each([
    ['compiled', compiledExecutor, { maxObjects: 500, maxBytes: Infinity }],
    ['standard', createStandardExecutor, { maxObjects: 500, maxBytes: Infinity }],
    ['compiled', compiledExecutor, { maxObjects: Infinity, maxBytes: 5000 }],
    ['standard', createStandardExecutor, { maxObjects: Infinity, maxBytes: 5000 }],
  ] as const)(
    'ends where the answer grows past its bounds, and leaves nothing unhandled: %s',
    async (_name, createExecutor, bounds) => {
      for (const turns of [createTurns(), impatient()]) {
        const unhandled = await countUnhandled(async () => {
          const failure = await Promise.resolve()
            .then(() => runOurs({ schema: items, query, rootValue, bounds, turns, createExecutor }))
            .catch((error: unknown) => error);
          expect(failure).toBeInstanceOf(AnswerLimitError);
          expect((failure as Error).message).toMatch(/^The answer came to [\d,]+ objects and [\d,]+ bytes/);
          await new Promise((resolve) => setImmediate(resolve));
        });
        expect(unhandled).toBe(0);
      }
    },
  );

  it('counts what is written, and no more', async () => {
    const exact = '{ items(count: 3) { path } }';
    const { data } = await runOurs({ schema: items, query: exact, rootValue });
    const maxBytes = Buffer.concat(data).length;
    for (const createExecutor of [compiledExecutor, createStandardExecutor]) {
      const run = async (bounds: AnswerBounds) =>
        runOurs({ schema: items, query: exact, rootValue, bounds, createExecutor });
      // The object of the root counts for the one and not for the other.
      await run({ maxObjects: 4, maxBytes });
      await expect(run({ maxObjects: 2, maxBytes })).rejects.toThrow('2 objects');
      await expect(run({ maxObjects: 4, maxBytes: maxBytes - 1 })).rejects.toThrow('bytes');
    }
  });
});

describe('a value that is written past its resolver', () => {
  const item = new GraphQLObjectType({ name: 'Written', fields: { name: { type: GraphQLString } } });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields: { item: { type: item } } }),
  });
  const run = (bounds: AnswerBounds, writes: boolean) =>
    runOurs({
      schema,
      query: '{ item { name } }',
      rootValue: { item: { name: 'resolved' } },
      bounds,
      createExecutor: executorWriting('item', (_source, out) => {
        if (!writes) return undefined;
        out.piece(viewOf(Buffer.from('{"name":"written"}')));
        return 1;
      }),
    });

  it('stands where the resolved one would', async () => {
    expect(JSON.parse(read(await run(unbounded, true)).data)).toEqual({ item: { name: 'written' } });
  });

  it('is resolved where it cannot be written', async () => {
    expect(JSON.parse(read(await run(unbounded, false)).data)).toEqual({ item: { name: 'resolved' } });
  });

  it.each([
    ['compiled', compiledExecutor],
    ['standard', createStandardExecutor],
  ])('counts as one object where it is resolved, and the root as another: %s', async (_name, createExecutor) => {
    const resolved = (maxObjects: number) =>
      runOurs({
        schema,
        query: '{ item { name } }',
        rootValue: { item: { name: 'resolved' } },
        bounds: { maxObjects, maxBytes: 100 },
        createExecutor,
      });
    expect(JSON.parse(read(await resolved(2)).data)).toEqual({ item: { name: 'resolved' } });
    await expect(Promise.resolve().then(() => resolved(1))).rejects.toThrow('1 objects');
  });

  it('counts as the objects that it has', async () => {
    expect(JSON.parse(read(await run({ maxObjects: 2, maxBytes: 100 }, true)).data)).toBeDefined();
    await expect(Promise.resolve().then(() => run({ maxObjects: 1, maxBytes: 100 }, true))).rejects.toThrow(
      '1 objects',
    );
  });

  it.each([
    [0, 4],
    [1000, 250],
  ])(
    'makes a query look at the time as often as so many objects do that take a quarter as long: of %i objects %i times for 250',
    async (objects, looks) => {
      const items = new GraphQLSchema({
        query: new GraphQLObjectType({
          name: 'Query',
          fields: {
            items: {
              type: new GraphQLList(new GraphQLObjectType({ name: 'WithItem', fields: { item: { type: item } } })),
            },
          },
        }),
      });
      let looked = 0;
      const isOver = (): boolean => {
        looked++;
        return false;
      };
      await runOurs({
        schema: items,
        query: '{ items { item { name } } }',
        rootValue: { items: Array.from({ length: 250 }, () => ({})) },
        turns: { ...createTurns({ nowMs: () => 0 }), isOver },
        createExecutor: executorWriting('item', (_source, out) => {
          out.piece(viewOf(Buffer.from('{}')));
          return objects;
        }),
      });
      expect(looked).toBeGreaterThanOrEqual(looks - 1);
      expect(looked).toBeLessThanOrEqual(looks + 1);
    },
  );
});

describe('a loader beside an execution that takes several turns', () => {
  it.each([
    ['compiled', compiledExecutor],
    ['standard', createStandardExecutor],
  ])('gathers what all items ask for: %s', async (_name, createExecutor) => {
    const turns = createTurns();
    const operation = { turns } as Operation;
    const batches: number[] = [];
    const loader = createLoader<number, string>({
      operation,
      loadBatch: async (keys) => {
        batches.push(keys.length);
        return keys.map(String);
      },
      nameOf: String,
    });
    const named = new GraphQLObjectType({
      name: 'NamedItem',
      fields: { name: { type: GraphQLString, resolve: ({ id }: { id: number }) => loader.load(id) } },
    });
    const lists = new GraphQLSchema({
      query: new GraphQLObjectType({ name: 'Query', fields: { items: { type: new GraphQLList(named) } } }),
    });
    const rootValue = { items: Array.from({ length: 1000 }, (_, id) => ({ id })) };
    const impatient: Turns = { ...turns, isOver: () => true };
    const query = '{ items { name } }';
    const result = await runOurs({
      schema: lists,
      query,
      rootValue,
      turns: impatient,
      owner: operation,
      createExecutor,
    });
    expect(JSON.parse(read(result).data)).toEqual({ items: rootValue.items.map(({ id }) => ({ name: String(id) })) });
    expect(batches).toEqual([1000]);
  });
});
