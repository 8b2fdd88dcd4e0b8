import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

/** Rolls a number from 0 to `sides` − 1. */
export type Dice = (sides: number) => number;

/** Mulberry32: the same seed rolls the same. */
export const createDice = (seed: number): Dice => {
  let state = seed | 0;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296) * sides);
  };
};

export const pick = <Value>(dice: Dice, values: readonly Value[]): Value => {
  if (values.length === 0) throw new Error('there is nothing to pick from');
  return values[dice(values.length)] as Value;
};

/** What may be given where: by the name of an argument, or of a field of an input object. Undefined: whatever its type takes. */
export type ValuesOf = (name: string) => readonly unknown[] | undefined;

/** Where a value goes: an argument, a field of an input object, or an item of a list. */
export interface Place {
  readonly name: string;
  readonly type: GraphQLInputType;
  /** Whether something is put there where nothing is given. */
  readonly hasDefault: boolean;
  /** Whether nothing but a value will do, though the type would take null: the one field of a choice. */
  readonly isChoice?: boolean;
}

/** Chance of a value that is of another type, one in so many. */
const oneInWrong = 250;

/** A value as a variable would have it, as JSON. */
export const jsonFor = (dice: Dice, place: Place, valuesOf: ValuesOf): unknown => {
  const { name, type } = place;
  if (dice(oneInWrong) === 0) return pick(dice, [null, 'wrong', -1, 1.5, true, [], {}]);
  if (!isNonNullType(type) && place.isChoice !== true && dice(8) === 0) return null;
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const item: Place = { name, type: inner.ofType, hasDefault: false };
    // One value counts as a list of one.
    if (dice(8) === 0) return jsonFor(dice, { ...item, isChoice: true }, valuesOf);
    return Array.from({ length: dice(4) }, () => jsonFor(dice, item, valuesOf));
  }
  if (isInputObjectType(inner)) {
    return Object.fromEntries(
      fieldsFor(dice, inner).map((field) => [field.name, jsonFor(dice, field, valuesOf)] as const),
    );
  }
  if (isEnumType(inner)) return pick(dice, inner.getValues()).name;
  const known = valuesOf(name);
  if (known !== undefined) return pick(dice, known);
  switch (inner.name) {
    case 'Boolean':
      return dice(2) === 0;
    case 'Int':
      return dice(6);
    default:
      return pick(dice, ['word', 'a "quoted" word ü', '']);
  }
};

/** Fields of an input object that are given: all that must be, and some of the others; of a choice one. */
export const fieldsFor = (
  dice: Dice,
  type: { isOneOf: boolean; getFields(): Readonly<Record<string, GraphQLInputField>> },
): readonly Place[] => {
  const fields = Object.values(type.getFields());
  if (type.isOneOf) {
    const { name, type: of } = pick(dice, fields);
    return [{ name, type: of, hasDefault: false, isChoice: true }];
  }
  return fields.filter((field) => isRequiredInputField(field) || dice(2) === 0).map(placeOf);
};

export const argumentsFor = (dice: Dice, args: readonly GraphQLArgument[]): readonly Place[] =>
  args.filter((argument) => isRequiredArgument(argument) || dice(3) === 0).map(placeOf);

const placeOf = ({ name, type, defaultValue }: GraphQLArgument | GraphQLInputField): Place => ({
  name,
  type,
  hasDefault: defaultValue !== undefined,
});

/** JSON as a document writes it. */
export const literalOf = (type: GraphQLInputType, value: unknown): string => {
  const inner = getNullableType(type);
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) {
    const item = isListType(inner) ? inner.ofType : inner;
    return `[${value.map((each) => literalOf(item, each)).join(', ')}]`;
  }
  if (isListType(inner)) return literalOf(inner.ofType, value);
  if (typeof value === 'object') {
    const fields = isInputObjectType(inner) ? inner.getFields() : {};
    return `{ ${Object.entries(value)
      .map(([name, each]) => `${name}: ${literalOf(fields[name]?.type ?? inner, each)}`)
      .join(', ')} }`;
  }
  return isEnumType(inner) && typeof value === 'string' ? value : JSON.stringify(value);
};
