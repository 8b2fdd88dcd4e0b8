import {
  type FieldNode,
  getNamedType,
  GraphQLError,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLOutputType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
  type ValidationContext,
  type ValidationRule,
  type ValueNode,
} from 'graphql';
import { maxFields, maxOperations } from './document-limits.ts';

/** A field as it is written, and what it is a field of. */
interface Entry {
  readonly node: FieldNode;
  readonly parentType: GraphQLNamedType | undefined;
  readonly definition: GraphQLField<unknown, unknown> | undefined;
}

/** A selection set, and of what. */
interface SetOfType {
  readonly set: SelectionSetNode;
  readonly type: GraphQLNamedType | undefined;
}

/**
 * Fields that are looked at in all, again where fragments bring them to other places: a few milliseconds. Every operation may lay all fields over one another that a
 * document may have; usual documents come to the fields that they have.
 */
const maxLooks = maxOperations * maxFields;

/**
 * "Field Selection Merging" of the GraphQL specification: fields of one response name have to be able to become one. graphql-js compares them in pairs, and
 * fragments with fragments; here all that meet are laid together once, and each is compared with the first of its kind, so that the cost grows with the
 * document. Refuses what graphql-js's own rule refuses, as long as the other rules are kept. Says of each name where it is wrong once.
 */
export const overlappingFieldsRule: ValidationRule = (context) => {
  const merger = new Merger(context);
  return {
    OperationDefinition({ operation, selectionSet }) {
      merger.check([{ set: selectionSet, type: context.getSchema().getRootType(operation) ?? undefined }]);
      return false;
    },
  };
};

class Merger {
  readonly #context: ValidationContext;
  /** By what was laid together: fragments bring the same things to many places. */
  readonly #checked = { shapes: new Set<string>(), names: new Set<string>() };
  readonly #ids = new Map<SelectionSetNode, number>();
  readonly #keys = new Map<FieldNode, string>();
  readonly #told = new Set<FieldNode>();
  #looks = 0;

  constructor(context: ValidationContext) {
    this.#context = context;
  }

  /** Of one object, a response name is one field with the same arguments. Objects of two types are never one; of an interface may be of each. */
  check(sets: readonly SetOfType[]): void {
    if (!this.#isNew(sets, this.#checked.names)) return;
    for (const [name, entries] of this.#fieldsOf(sets)) {
      const groups = byObjectType(entries);
      if (groups.length > 1) {
        this.#haveOneShape(name, entries);
        this.#checkShapes(subsetsOf(entries));
      }
      for (const together of groups) {
        if (groups.length > 1 && !this.#mayLookAt(together.length)) return;
        if (this.#areOneField(name, together) && this.#haveOneShape(name, together)) this.check(subsetsOf(together));
      }
    }
  }

  /** Whatever may come of an object, a response name has one shape: lists, nulls and leaves are the same. */
  #checkShapes(sets: readonly SetOfType[]): void {
    if (!this.#isNew(sets, this.#checked.shapes)) return;
    for (const [name, entries] of this.#fieldsOf(sets)) {
      this.#haveOneShape(name, entries);
      this.#checkShapes(subsetsOf(entries));
    }
  }

  #areOneField(name: string, [first, ...others]: readonly Entry[]): boolean {
    const other = first && others.find(({ node }) => this.#keyOf(node) !== this.#keyOf(first.node));
    if (first === undefined || other === undefined) return true;
    const [one, two] = [first.node.name.value, other.node.name.value];
    this.#tell(name, one === two ? 'they have differing arguments' : `"${one}" and "${two}" are different fields`, [
      first,
      other,
    ]);
    return false;
  }

  #haveOneShape(name: string, entries: readonly Entry[]): boolean {
    const first = entries.find(({ definition }) => definition !== undefined);
    const one = first?.definition?.type;
    if (first === undefined || one === undefined) return true;
    for (const entry of entries) {
      const other = entry.definition?.type;
      if (other === undefined || one === other || haveOneShape(one, other)) continue;
      this.#tell(name, `they return conflicting types "${String(one)}" and "${String(other)}"`, [first, entry]);
      return false;
    }
    return true;
  }

  #isNew(sets: readonly SetOfType[], checked: Set<string>): boolean {
    if (sets.length === 0) return false;
    const key = sets.map(({ set }) => this.#idOf(set)).join();
    if (checked.has(key)) return false;
    checked.add(key);
    return true;
  }

  #idOf(set: SelectionSetNode): number {
    const known = this.#ids.get(set);
    if (known !== undefined) return known;
    this.#ids.set(set, this.#ids.size);
    return this.#ids.size - 1;
  }

  /** All fields of the sets, each fragment once, by response name. */
  #fieldsOf(sets: readonly SetOfType[]): ReadonlyMap<string, readonly Entry[]> {
    const byName = new Map<string, Entry[]>();
    const spread = new Set<string>();
    const add = ({ set, type }: SetOfType): void => {
      for (const selection of set.selections) {
        if (!this.#mayLookAt(1)) return;
        if (selection.kind === Kind.FIELD) {
          const name = (selection.alias ?? selection.name).value;
          const entry = { node: selection, parentType: type, definition: definitionOf(selection, type) };
          const known = byName.get(name);
          if (known === undefined) byName.set(name, [entry]);
          else known.push(entry);
        } else if (selection.kind === Kind.INLINE_FRAGMENT) {
          const { typeCondition } = selection;
          add({ set: selection.selectionSet, type: typeCondition ? this.#typeOf(typeCondition.name.value) : type });
        } else if (!spread.has(selection.name.value)) {
          spread.add(selection.name.value);
          const fragment = this.#context.getFragment(selection.name.value);
          if (fragment) add({ set: fragment.selectionSet, type: this.#typeOf(fragment.typeCondition.name.value) });
        }
      }
    };
    sets.forEach(add);
    return byName;
  }

  #mayLookAt(fields: number): boolean {
    const wasOver = this.#looks > maxLooks;
    this.#looks += fields;
    const isOver = this.#looks > maxLooks;
    if (isOver && !wasOver) this.#context.reportError(tooMany());
    return !isOver;
  }

  #typeOf(name: string): GraphQLNamedType | undefined {
    return this.#context.getSchema().getType(name);
  }

  /** The same for fields that are one: the name, and the arguments in their order. */
  #keyOf(node: FieldNode): string {
    let key = this.#keys.get(node);
    if (key === undefined) {
      const given = (node.arguments ?? []).map(({ name, value }) => `${name.value}:${textOf(value)}`);
      this.#keys.set(node, (key = `${node.name.value}(${given.sort().join()})`));
    }
    return key;
  }

  #tell(name: string, reason: string, [one, other]: readonly [Entry, Entry]): void {
    if (this.#told.has(other.node)) return;
    this.#told.add(other.node);
    this.#context.reportError(
      new GraphQLError(
        `Fields "${name}" conflict because ${reason}. Use different aliases on the fields to fetch both if this was intentional.`,
        { nodes: [one.node, other.node] },
      ),
    );
  }
}

const tooMany = (): GraphQLError =>
  new GraphQLError('The document lays too many fields over one another. Split it, or write fields once.');

const definitionOf = ({ name }: FieldNode, type: GraphQLNamedType | undefined): Entry['definition'] => {
  if (name.value === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
  if (name.value === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name.value] : undefined;
};

/** What is selected of the fields, as one. */
const subsetsOf = (entries: readonly Entry[]): readonly SetOfType[] => {
  const subsets: SetOfType[] = [];
  for (const { node, definition } of entries) {
    if (node.selectionSet === undefined) continue;
    subsets.push({ set: node.selectionSet, type: definition && getNamedType(definition.type) });
  }
  return subsets;
};

/** Those that may be of one object: for each type, its own and those of no object type, such as an interface. */
const byObjectType = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const ofAny = entries.filter(({ parentType }) => !isObjectType(parentType));
  if (entries.length === 1 || ofAny.length === entries.length) return [entries];
  const byType = new Map<GraphQLNamedType, Entry[]>();
  for (const entry of entries) {
    const { parentType } = entry;
    if (!isObjectType(parentType)) continue;
    const known = byType.get(parentType);
    if (known === undefined) byType.set(parentType, [...ofAny, entry]);
    else known.push(entry);
  }
  return [...byType.values()];
};

const haveOneShape = (one: GraphQLOutputType, other: GraphQLOutputType): boolean => {
  if (isNonNullType(one) || isNonNullType(other)) {
    return isNonNullType(one) && isNonNullType(other) && haveOneShape(one.ofType, other.ofType);
  }
  if (isListType(one) || isListType(other)) {
    return isListType(one) && isListType(other) && haveOneShape(one.ofType, other.ofType);
  }
  return one === other || !(isLeafType(one) || isLeafType(other));
};

/** A value as text, the same for objects whose fields stand in another order. */
const textOf = (value: ValueNode): string => {
  switch (value.kind) {
    case Kind.LIST:
      return `[${value.values.map(textOf).join()}]`;
    case Kind.OBJECT:
      return `{${value.fields
        .map(({ name, value: of }) => `${name.value}:${textOf(of)}`)
        .sort()
        .join()}}`;
    case Kind.VARIABLE:
      return `$${value.name.value}`;
    case Kind.STRING:
      // Written in blocks it counts as another, as graphql-js has it.
      return (value.block === true ? 'block' : '') + JSON.stringify(value.value);
    case Kind.NULL:
      return 'null';
    default:
      return String(value.value);
  }
};
