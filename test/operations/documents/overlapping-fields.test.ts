import {
  buildSchema,
  MaxIntrospectionDepthRule,
  OverlappingFieldsCanBeMergedRule,
  parse,
  specifiedRules,
  validate,
  type ValidationRule,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { overlappingFieldsRule } from '../../../src/operations/documents/overlapping-fields.ts';
import { createDice, pick as pickBy } from '../executor/random-values.ts';

const schema = buildSchema(`
  interface Named { name(short: Boolean, of: [Pair]): String owner: Person }
  type Person implements Named { name(short: Boolean, of: [Pair]): String owner: Person age: Int! size: Int friends: [Person!] pet: Pet }
  type Dog implements Named { name(short: Boolean, of: [Pair]): String owner: Person age: Int size: String friends: [Dog] }
  type Cat implements Named { name(short: Boolean, of: [Pair]): String owner: Person age: String size: Int friends: [Cat] }
  union Pet = Dog | Cat
  input Pair { a: Int b: Int }
  type Query { named: Named pet: Pet person: Person people: [Person] }
`);

const others = specifiedRules.filter(
  (rule) => rule !== OverlappingFieldsCanBeMergedRule && rule !== MaxIntrospectionDepthRule,
);
const errorsBy = (rule: ValidationRule, text: string): readonly string[] =>
  validate(schema, parse(text), [rule]).map(({ message }) => message);

/** A document of everything that may meet: aliases, arguments, fragments in fragments, types that exclude each other and those that do not. */
const randomDocument = (seed: number): string => {
  const dice = createDice(seed);
  const pick = <Item>(items: readonly Item[]): Item => pickBy(dice, items);
  const isOneIn = (sides: number): boolean => dice(sides) === 0;
  const fragmentCount = dice(5);
  const typeOfFragment = Array.from({ length: fragmentCount }, () => pick(['Named', 'Person', 'Dog', 'Cat', 'Pet']));
  const fieldsOf: Readonly<Record<string, readonly (readonly [string, string?])[]>> = {
    Query: [
      ['named', 'Named'],
      ['pet', 'Pet'],
      ['person', 'Person'],
      ['people', 'Person'],
    ],
    Named: [['name'], ['owner', 'Person']],
    Person: [['name'], ['owner', 'Person'], ['age'], ['size'], ['friends', 'Person'], ['pet', 'Pet']],
    Dog: [['name'], ['owner', 'Person'], ['age'], ['size'], ['friends', 'Dog']],
    Cat: [['name'], ['owner', 'Person'], ['age'], ['size'], ['friends', 'Cat']],
    Pet: [['__typename']],
  };
  const mayBe: Readonly<Record<string, readonly string[]>> = {
    Query: ['Query'],
    Named: ['Named', 'Person', 'Dog', 'Cat', 'Pet'],
    Person: ['Person', 'Named'],
    Dog: ['Dog', 'Named', 'Pet'],
    Cat: ['Cat', 'Named', 'Pet'],
    Pet: ['Dog', 'Cat', 'Named', 'Pet'],
  };
  const argumentsText = (): string =>
    pick([
      '',
      '',
      '',
      '(short: true)',
      '(short: false)',
      '(of: [{ a: 1, b: 2 }])',
      '(of: [{ b: 2, a: 1 }])',
      '(short: true, of: [])',
      '(of: [], short: true)',
    ]);
  const selection = (type: string, depth: number, above: number): string => {
    const parts = Array.from({ length: 1 + dice(4) }, () => {
      const fitting = typeOfFragment.flatMap((on, index) =>
        index > above && mayBe[type]?.includes(on) ? [index] : [],
      );
      if (fitting.length > 0 && isOneIn(3)) return `...F${pick(fitting)}`;
      if (type !== 'Query' && depth > 0 && isOneIn(3)) {
        const on = pick(mayBe[type] ?? []);
        return `... on ${on} ${selection(on, depth - 1, above)}`;
      }
      const [name, below] = pick(fieldsOf[type] ?? []);
      if (below !== undefined && depth <= 0) return '__typename';
      const alias = isOneIn(7) ? `${pick(['name', 'age', 'size', 'x'])}: ` : '';
      return `${alias}${name}${name === 'name' ? argumentsText() : ''} ${below === undefined ? '' : selection(below, depth - 1, above)}`;
    });
    return `{ ${parts.join(' ')} }`;
  };
  const fragments = typeOfFragment.map((type, index) => `fragment F${index} on ${type} ${selection(type, 2, index)}`);
  const used = typeOfFragment.map((type, index) =>
    type === 'Person' ? `person { ...F${index} }` : `named { ...F${index} }`,
  );
  return `query { ${used.join(' ')} ${selection('Query', 3, -1).slice(1)} ${fragments.join(' ')}`;
};

describe('fields that meet', () => {
  it('are refused where graphql-js refuses them, and nowhere else', () => {
    const seen = { refused: 0, taken: 0 };
    for (let seed = 1; seed <= 1000; seed++) {
      const text = randomDocument(seed);
      const document = parse(text);
      if (validate(schema, document, others).length > 0) continue;
      const expected = validate(schema, document, [OverlappingFieldsCanBeMergedRule]).length > 0;
      const isRefused = validate(schema, document, [overlappingFieldsRule]).length > 0;
      if (isRefused !== expected) expect({ seed, text, isRefused }).toEqual({ seed, text, isRefused: expected });
      seen[isRefused ? 'refused' : 'taken']++;
    }
    // Of those that no other rule refuses there are enough of each.
    expect(Math.min(seen.refused, seen.taken)).toBeGreaterThan(120);
  });

  it.each([
    ['{ person { name name(short: true) } }', 'Fields "name" conflict because they have differing arguments.'],
    ['{ person { name: age name } }', 'Fields "name" conflict because "age" and "name" are different fields.'],
    [
      '{ pet { ... on Dog { age } ... on Cat { age } } }',
      'Fields "age" conflict because they return conflicting types "Int" and "String".',
    ],
    [
      '{ pet { ... on Dog { friends { size } } ... on Cat { friends { size } } } }',
      'Fields "size" conflict because they return conflicting types "String" and "Int".',
    ],
  ])('say what is wrong: %s', (text, message) => {
    const [first] = errorsBy(overlappingFieldsRule, text);
    expect(first).toBe(`${message} Use different aliases on the fields to fetch both if this was intentional.`);
  });

  it('may be laid together by each of as many operations as there may be', () => {
    const fields = Array.from({ length: 1900 }, (_, i) => `n${i % 15}: name`).join(' ');
    const operations = Array.from({ length: 20 }, (_, i) => `query Q${i} { person { ...All m${i}: name } }`).join(' ');
    expect(errorsBy(overlappingFieldsRule, `${operations} fragment All on Named { ${fields} }`)).toEqual([]);
  });

  it('are not looked at without end', () => {
    const sets = (depth: number): string =>
      depth === 0
        ? 'name'
        : Array.from(
            { length: 3 },
            (_, i) => `... on Named { owner { ${sets(depth - 1)} age } } x${i}: owner { name }`,
          ).join(' ');
    const fragments = Array.from(
      { length: 40 },
      (_, i) =>
        `fragment F${i} on Named { ${Array.from({ length: 39 - i }, (__, j) => `...F${i + j + 1}`).join(' ')} owner { ${sets(2)} } }`,
    );
    const text = `{ named { ${Array.from({ length: 40 }, (_, i) => `...F${i} a${i}: owner { ...F${i} }`).join(' ')} } } ${fragments.join(' ')}`;
    expect(errorsBy(overlappingFieldsRule, text)).toEqual([
      'The document lays too many fields over one another. Split it, or write fields once.',
    ]);
  });
});
