import { defaultConnectionSize, maxConnectionSize } from '../../assignments/connection-window.ts';
import type { ObjectForm, RolesForm, WritesItself } from '../../model/written-subject.ts';
import { type ScopeKind, scopeKinds, type SubjectType, subjectTypes } from '../../model/subject.ts';
import { viewOf, type WriteDirectly } from '../../platform/byte-text.ts';
import type { AskedField, AskedOutput } from '../field-facts.ts';

/** Writes `Subject.reference` past its resolver, of a subject that can do so. */
export const writeReferenceDirectly = (): WriteDirectly => (subject, out) =>
  writesItself(subject) ? subject.writeReference(out) : undefined;

/** The same for `Subject.type`: types are called as the values of `SubjectType` are. */
export const writeTypeDirectly = (): WriteDirectly => (subject, out) =>
  writesItself(subject) ? subject.writeType(typeTexts, out) : undefined;

/**
 * The same for `Subject.roles`: all roles and scopes with their names, kinds and uuids, as most tables and trees ask for them.
 * Undefined where anything else is asked, such as a cursor, an id or a part of the roles, which the resolvers know.
 */
export const writeRolesDirectly = (field: AskedField): WriteDirectly | undefined => {
  const form = rolesFormOf(field);
  return form && ((subject, out) => (writesItself(subject) ? subject.writeRoles(form, out) : undefined));
};

const writesItself = (subject: unknown): subject is WritesItself =>
  typeof (subject as Partial<WritesItself>).writeRoles === 'function';

const rolesFormOf = (field: AskedField): RolesForm | undefined => {
  const maxRoles = wholeLength(field, ['after', 'before', 'last', 'name', 'scope']);
  const roles = objectForm(field.output, connectionValues);
  if (maxRoles === undefined || roles === undefined) return undefined;
  const form = {
    roles: viewsOf(roles.pieces),
    role: [],
    scopes: [],
    scope: formsByKind([]),
    maxRoles,
    maxScopes: Infinity,
  };
  if (roles.below === undefined) return form;

  const role = objectForm(roles.below.output, { name: 'name', isGlobal: 'isGlobal', scopes: 'scopes' });
  if (role === undefined) return undefined;
  if (role.below === undefined) return { ...form, role: viewsOf(role.pieces) };

  const maxScopes = wholeLength(role.below, ['after', 'before', 'last', 'kind']);
  const scopes = objectForm(role.below.output, connectionValues);
  if (maxScopes === undefined || scopes === undefined) return undefined;
  const withScopes = { ...form, role: viewsOf(role.pieces), scopes: viewsOf(scopes.pieces), maxScopes };
  if (scopes.below === undefined) return withScopes;

  const scope = objectForm(scopes.below.output, { kind: 'kind', uuid: 'uuid' });
  return scope && { ...withScopes, scope: formsByKind(scope.pieces) };
};

const connectionValues = { nodes: 'items', totalCount: 'count' } as const;

/** What stands in the JSON of an object, as texts: of constants, and behind each but the last one a value. */
type Pieces<Value extends string> = readonly { readonly text: string; readonly value?: Value }[];

const viewsOf = <Value extends string>(pieces: Pieces<Value>): ObjectForm<Value> =>
  pieces.map(({ text, value }) => ({ json: asView(text), ...(value !== undefined && { value }) }));

/** With its kind, of which there are few, each scope is but its uuid between constants. Kinds are called as the values of `ScopeKind` are. */
const formsByKind = (pieces: Pieces<'kind' | 'uuid'>): RolesForm['scope'] => {
  const formOf = (kind: ScopeKind): readonly DataView[] => {
    const constants = [''];
    for (const { text, value } of pieces) {
      const constant = `${constants.pop()}${text}${value === 'kind' ? JSON.stringify(kind) : ''}`;
      constants.push(constant, ...(value === 'uuid' ? [''] : []));
    }
    return constants.map(asView);
  };
  return Object.fromEntries(scopeKinds.map((kind) => [kind, formOf(kind)])) as unknown as RolesForm['scope'];
};

const asView = (text: string): DataView => viewOf(Buffer.from(text));

const typeTexts = Object.fromEntries(
  subjectTypes.map((type) => [type, asView(JSON.stringify(type))]),
) as unknown as Readonly<Record<SubjectType, DataView>>;

/** How many items a connection gives at most that is asked for all of them; undefined where it is asked for a part, or arguments are not known yet. */
const wholeLength = ({ constantArguments }: AskedField, parting: readonly string[]): number | undefined => {
  if (constantArguments === undefined) return undefined;
  if (parting.some((name) => (constantArguments[name] ?? undefined) !== undefined)) return undefined;
  const first = constantArguments.first ?? defaultConnectionSize;
  return typeof first === 'number' && first >= 0 && first <= maxConnectionSize ? first : undefined;
};

interface AskedForm<Value extends string> {
  readonly pieces: Pieces<Value>;
  /** The one field that has objects in turn. */
  readonly below?: AskedField | undefined;
}

/** Undefined where a field is asked for that has no value here, or two that have objects. */
const objectForm = <Value extends string>(
  output: AskedOutput,
  values: Readonly<Record<string, Value>>,
): AskedForm<Value> | undefined => {
  if (output.kind === 'list') return objectForm(output.item, values);
  if (output.kind !== 'object') return undefined;
  const pieces: { readonly text: string; readonly value?: Value }[] = [];
  let below: AskedField | undefined;
  let text = '{';
  for (const field of output.selection.fields) {
    const { definition, parentType } = field;
    text += Buffer.from(field.key).toString();
    if (definition.name === '__typename') {
      text += JSON.stringify(parentType.name);
      continue;
    }
    const value = Object.hasOwn(values, definition.name) ? values[definition.name] : undefined;
    const isLeaf = field.output.kind === 'leaf';
    if (value === undefined || (!isLeaf && below !== undefined)) return undefined;
    if (!isLeaf) below = field;
    const isList = field.output.kind === 'list';
    pieces.push({ text: isList ? `${text}[` : text, value });
    text = isList ? ']' : '';
  }
  return { pieces: [...pieces, { text: `${text}}` }], below };
};
