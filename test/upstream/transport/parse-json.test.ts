import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJson } from '../../../src/upstream/transport/parse-json.ts';

/** As the engine parses it, or that it does not. */
const outcomeOf = async (parse: (body: Buffer) => unknown, body: Buffer): Promise<unknown> => {
  try {
    // As text: a million values are compared in no time, and in their order.
    return JSON.stringify(await parse(body));
  } catch (error) {
    expect(error).toBeInstanceOf(SyntaxError);
    return 'no JSON';
  }
};

const inOneGo = (body: Buffer): unknown => JSON.parse(body.toString('utf8'));

/** Large enough to be parsed in turns, whatever stands before and behind it. */
const filler = `"filler": [${Array.from({ length: 10_000 }, (_, i) => `{"text": "${i} ${'-'.repeat(80)} \\"]}[{,\\\\", "of": [[${i}], {}]}`).join(',')}]`;

const member = fc.oneof(
  fc
    .tuple(fc.constantFrom('a', 'b', '__proto__', 'filler', '"', '\\', 'é'), fc.jsonValue({ maxDepth: 3 }))
    .map(([key, value]) => `${JSON.stringify(key)} : ${JSON.stringify(value, null, 1)}`),
  // What is nearly JSON.
  fc.constantFrom('"a":[1,]', '"a":[,1]', '"a":[1 2]', '"a":[1}', '"a":{"b":1]', '"a":[', '"a":"x', '"a"', '[1]', ''),
);

describe('a large body', () => {
  it('is what the engine makes of it, whatever stands around its lists', { timeout: 60_000 }, async () => {
    expect(filler.length).toBeGreaterThan(1_048_576);
    const counts = { json: 0, other: 0 };
    await fc.assert(
      fc.asyncProperty(
        fc.array(member, { maxLength: 3 }),
        fc.array(member, { maxLength: 3 }),
        async (before, after) => {
          const body = Buffer.from(`{${[...before, filler, ...after].join(',')}}`);
          const expected = await outcomeOf(inOneGo, body);
          counts[expected === 'no JSON' ? 'other' : 'json']++;
          expect(await outcomeOf(parseJson, body)).toEqual(expected);
        },
      ),
      { numRuns: 40, seed: 9 },
    );
    expect(Math.min(counts.json, counts.other)).toBeGreaterThan(8);
  });

  it.each([
    ['cut off in an item', (text: string) => text.slice(0, 1_200_000)],
    ['cut off between items', (text: string) => text.slice(0, text.lastIndexOf('},') + 1)],
    [
      'with nothing between two commas',
      (text: string) => text.replace('}, ', '},, ').replaceAll('},{"text": "9', '},,{"text": "9'),
    ],
    ['with a comma behind the last item', (text: string) => text.replace(/\]\}$/, ',]}')],
    ['with something behind it', (text: string) => `${text} x`],
    ['of two objects', (text: string) => text + text],
  ])('is refused where the engine refuses it: %s', async (_what, change) => {
    const body = Buffer.from(change(`{${filler}}`));
    expect(await outcomeOf(inOneGo, body)).toBe('no JSON');
    expect(await outcomeOf(parseJson, body)).toBe('no JSON');
  });

  it('lets others have their turn while it is parsed', async () => {
    let turns = 0;
    const turn = (): void => {
      turns++;
      immediate = setImmediate(turn);
    };
    let immediate = setImmediate(turn);
    await parseJson(Buffer.from(`{${filler}}`));
    clearImmediate(immediate);
    expect(turns).toBeGreaterThan(8);
  });
});
