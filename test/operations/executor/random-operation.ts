import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isUnionType,
  type OperationTypeNode,
} from 'graphql';
import {
  argumentsFor,
  type Dice,
  fieldsFor,
  jsonFor,
  literalOf,
  pick,
  type Place,
  type ValuesOf,
} from './random-values.ts';

export interface RandomOperationOptions {
  readonly schema: GraphQLSchema;
  readonly kind: `${OperationTypeNode}`;
  readonly dice: Dice;
  /** Levels of fields. */
  readonly maxDepth: number;
  readonly maxFields: number;
  readonly valuesOf: ValuesOf;
  /** Arguments that take a cursor of the list that they are given to. They are given by a variable each, which is left out at first. */
  readonly cursorArguments?: readonly string[];
}

/** An operation named `Q` that is valid, most of the time. */
export interface RandomOperation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** Variables that a cursor can be given to, and the name in the answer of the list that it must be from. */
  readonly cursors: readonly { readonly variable: string; readonly list: string }[];
}

/**
 * An operation that follows from the dice: fields, aliases, fragments of both kinds on types, interfaces and unions, `@skip` and `@include`, and arguments
 * that are literals, variables, or variables inside of literals. What is given to variables may be absent, null, or left to a default.
 * What differs has another name in the answer: the name of its field, an underline, and what tells it apart.
 */
export const createOperation = (options: RandomOperationOptions): RandomOperation => {
  const { schema, kind, dice, maxFields, valuesOf, cursorArguments = [] } = options;
  const variables: Record<string, unknown> = {};
  const declared: string[] = [];
  const fragments: { readonly name: string; readonly on: string; readonly text: string }[] = [];
  const cursors: { variable: string; list: string }[] = [];
  let fieldCount = 0;
  let aliasCount = 0;

  const declare = (
    type: string,
    defaultValue: string | undefined,
    given: { readonly value: unknown } | undefined,
  ): string => {
    const name = `v${declared.length}`;
    declared.push(`$${name}: ${type}${defaultValue === undefined ? '' : ` = ${defaultValue}`}`);
    if (given !== undefined) variables[name] = given.value;
    return name;
  };

  /** A variable for a place, declared in one of the ways that are allowed there. */
  const variableFor = (place: Place): string => {
    const { type, hasDefault, isChoice = false } = place;
    const nullable = getNullableType(type);
    const value = jsonFor(dice, place, valuesOf);
    const sure = value === null ? undefined : { value };
    const usual = (): string => literalOf(type, jsonFor(dice, { ...place, isChoice: true }, valuesOf));
    if (isChoice) return `$${declare(`${String(nullable)}!`, undefined, { value })}`;
    if (isNonNullType(type)) {
      const ways = [
        () => declare(`${String(nullable)}!`, undefined, { value }),
        () => declare(`${String(nullable)}!`, usual(), sure),
        () => declare(String(nullable), usual(), dice(12) === 0 ? { value: null } : undefined),
        ...(hasDefault ? [() => declare(String(nullable), undefined, dice(2) === 0 ? sure : undefined)] : []),
      ];
      return `$${pick(dice, ways)()}`;
    }
    const ways = [
      () => declare(String(type), undefined, undefined),
      () => declare(String(type), undefined, { value: null }),
      () => declare(String(type), undefined, { value }),
      () => declare(String(type), undefined, { value }),
      () => declare(String(type), usual(), undefined),
      () => declare(String(type), usual(), { value }),
      () => declare(`${String(nullable)}!`, usual(), sure),
    ];
    return `$${pick(dice, ways)()}`;
  };

  const valueFor = (place: Place): string => {
    const { type, name } = place;
    const inner = getNullableType(type);
    if (dice(3) === 0) return variableFor(place);
    if (isInputObjectType(inner)) {
      return `{ ${fieldsFor(dice, inner)
        .map((field) => `${field.name}: ${valueFor(field)}`)
        .join(', ')} }`;
    }
    if (isListType(inner) && dice(2) === 0) {
      const item: Place = { name, type: inner.ofType, hasDefault: false };
      return `[${Array.from({ length: dice(4) }, () => valueFor(item)).join(', ')}]`;
    }
    return literalOf(type, jsonFor(dice, place, valuesOf));
  };

  const condition = (): string => {
    const yes = (): string => {
      const value = dice(4) !== 0;
      return pick(dice, [
        () => String(value),
        () => `$${declare('Boolean!', undefined, { value })}`,
        () => `$${declare('Boolean!', String(value), dice(2) === 0 ? { value: dice(3) !== 0 } : undefined)}`,
        () => `$${declare('Boolean', String(value), undefined)}`,
      ])();
    };
    const no = (): string => {
      const value = dice(4) === 0;
      return pick(dice, [() => String(value), () => `$${declare('Boolean! = false', undefined, { value })}`])();
    };
    switch (dice(24)) {
      case 0:
        return `@include(if: ${yes()})`;
      case 1:
        return `@skip(if: ${no()})`;
      case 2:
        return `@include(if: ${yes()}) @skip(if: ${no()})`;
      default:
        return '';
    }
  };

  const fieldOf = (
    type: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown>,
    depth: number,
    isNarrowed: boolean,
  ): string => {
    const target = getNamedType(field.type);
    const places = argumentsFor(dice, field.args);
    // What is equal by name has to be equal in everything, so what is given something has a name of its own.
    let alias = places.length > 0 || dice(6) === 0 ? `${field.name}_${aliasCount++}` : undefined;
    // The same name may have another type in another one.
    if (alias === undefined && isNarrowed) alias = `${field.name}_${type.name}`;
    const given = places.map((place) => {
      if (!cursorArguments.includes(place.name)) return `${place.name}: ${valueFor(place)}`;
      const variable = declare(
        'String',
        undefined,
        dice(10) === 0 ? { value: pick(dice, [null, '', 'broken']) } : undefined,
      );
      cursors.push({ variable, list: alias ?? field.name });
      return `${place.name}: $${variable}`;
    });
    const body = isCompositeType(target) ? ` { ${select(target, depth - 1)} }` : '';
    return `${alias === undefined ? '' : `${alias}: `}${field.name}${given.length === 0 ? '' : `(${given.join(', ')})`} ${condition()}${body}`;
  };

  const fragmentOn = (type: GraphQLCompositeType, depth: number, isNarrowed: boolean): string => {
    const possible = isAbstractType(type)
      ? [...schema.getPossibleTypes(type), ...(isUnionType(type) ? [] : [type])]
      : [type];
    const on = pick(dice, possible);
    const known = fragments.filter((fragment) => fragment.on === on.name);
    if (known.length > 0 && dice(3) === 0) return `...${pick(dice, known).name} ${condition()}`;
    // Named ones are put wherever they fit.
    const isNamed = dice(3) === 0;
    const text = select(on, depth - 1, isNamed || isNarrowed || isAbstractType(type));
    if (!isNamed) return `... ${on === type && dice(2) === 0 ? '' : `on ${on.name}`} ${condition()} { ${text} }`;
    const name = `F${fragments.length}`;
    fragments.push({ name, on: on.name, text });
    return `...${name} ${condition()}${dice(4) === 0 ? ` ...${name}` : ''}`;
  };

  const select = (type: GraphQLCompositeType, depth: number, isNarrowed = false): string => {
    const selections: string[] = [];
    const fields = isUnionType(type) ? [] : Object.values(type.getFields());
    const wanted = 1 + dice(4);
    for (let i = 0; i < wanted && fields.length > 0; i++) {
      const field = pick(dice, fields);
      if (fieldCount >= maxFields || (isCompositeType(getNamedType(field.type)) && depth <= 0)) continue;
      fieldCount++;
      selections.push(fieldOf(type, field, depth, isNarrowed));
    }
    if (depth > 0 && fieldCount < maxFields) {
      const wantedFragments = isUnionType(type) ? 1 + dice(3) : dice(5) === 0 ? 1 : isAbstractType(type) ? dice(3) : 0;
      for (let i = 0; i < wantedFragments; i++) selections.push(fragmentOn(type, depth, isNarrowed));
    }
    if (selections.length === 0 || dice(6) === 0) selections.push('__typename');
    return selections.join(' ');
  };

  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (!root) throw new Error(`there is no ${kind}`);
  const body = select(root, options.maxDepth);
  const head = declared.length === 0 ? '' : `(${declared.join(', ')})`;
  const tail = fragments.map(({ name, on, text }) => ` fragment ${name} on ${on} { ${text} }`).join('');
  return { text: `${kind} Q${head} { ${body} }${tail}`, variables, cursors };
};
