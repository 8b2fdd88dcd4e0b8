import { defaultConnectionSize, maxConnectionSize } from '../../assignments/connection-window.ts';
import type { FormPiece, ObjectForm, RolesForm, WritesRoles } from '../../model/roles-form.ts';
import { scopeKinds } from '../../model/subject.ts';
import type { WriteDirectly } from '../../platform/byte-text.ts';
import type { AskedField, AskedOutput } from '../field-facts.ts';

/**
 * Writes `Subject.roles` past its resolver, of a subject that can do so: all roles and scopes with their names, kinds and uuids, as most tables and trees ask for them.
 * Undefined where anything else is asked, such as a cursor, an id or a part of the roles, which the resolvers know.
 */
export const writeRolesDirectly = (field: AskedField): WriteDirectly | undefined => {
  const form = rolesFormOf(field);
  return form && ((subject, out) => (writesRoles(subject) ? subject.writeRoles(form, out) : undefined));
};

const writesRoles = (subject: unknown): subject is WritesRoles =>
  typeof (subject as Partial<WritesRoles>).writeRoles === 'function';

const rolesFormOf = (field: AskedField): RolesForm | undefined => {
  const maxRoles = wholeLength(field, ['after', 'before', 'last', 'name', 'scope']);
  const roles = objectForm(field.output, connectionValues);
  if (maxRoles === undefined || roles === undefined) return undefined;
  const form = { roles: roles.pieces, role: [], scopes: [], scope: [], kinds, maxRoles, maxScopes: Infinity };
  if (roles.below === undefined) return form;

  const role = objectForm(roles.below.output, { name: 'name', isGlobal: 'isGlobal', scopes: 'scopes' });
  if (role === undefined) return undefined;
  if (role.below === undefined) return { ...form, role: role.pieces };

  const maxScopes = wholeLength(role.below, ['after', 'before', 'last', 'kind']);
  const scopes = objectForm(role.below.output, connectionValues);
  if (maxScopes === undefined || scopes === undefined) return undefined;
  if (scopes.below === undefined) return { ...form, role: role.pieces, scopes: scopes.pieces, maxScopes };

  const scope = objectForm(scopes.below.output, { kind: 'kind', uuid: 'uuid' });
  return scope && { ...form, role: role.pieces, scopes: scopes.pieces, scope: scope.pieces, maxScopes };
};

const connectionValues = { nodes: 'items', totalCount: 'count' } as const;

/** As GraphQL writes the values of `ScopeKind`, which are called as the kinds are. */
const kinds = Object.fromEntries(
  scopeKinds.map((kind) => [kind, Buffer.from(JSON.stringify(kind))]),
) as unknown as RolesForm['kinds'];

/** How many items a connection gives at most that is asked for all of them; undefined where it is asked for a part, or arguments are not known yet. */
const wholeLength = ({ constantArguments }: AskedField, parting: readonly string[]): number | undefined => {
  if (constantArguments === undefined) return undefined;
  if (parting.some((name) => (constantArguments[name] ?? undefined) !== undefined)) return undefined;
  const first = constantArguments.first ?? defaultConnectionSize;
  return typeof first === 'number' && first >= 0 && first <= maxConnectionSize ? first : undefined;
};

interface AskedForm<Value extends string> {
  readonly pieces: ObjectForm<Value>;
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
  const pieces: FormPiece<Value>[] = [];
  let below: AskedField | undefined;
  let json = '{';
  for (const field of output.selection.fields) {
    const { definition, parentType } = field;
    json += Buffer.from(field.key).toString();
    if (definition.name === '__typename') {
      json += JSON.stringify(parentType.name);
      continue;
    }
    const value = Object.hasOwn(values, definition.name) ? values[definition.name] : undefined;
    const isLeaf = field.output.kind === 'leaf';
    if (value === undefined || (!isLeaf && below !== undefined)) return undefined;
    if (!isLeaf) below = field;
    const isList = field.output.kind === 'list';
    pieces.push({ json: Buffer.from(isList ? `${json}[` : json), value });
    json = isList ? ']' : '';
  }
  return { pieces: [...pieces, { json: Buffer.from(`${json}}`) }], below };
};
