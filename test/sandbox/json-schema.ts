/** A JSON Schema as far as the descriptions in `schema/` use the language. */
export type Schema = Readonly<Record<string, unknown>>;

const annotations = new Set(['description', 'default']);

/**
 * What about a value breaks a schema, each with its place. Throws at a keyword that it does not know, so that nothing in
 * the description goes unchecked.
 */
export const violations = (value: unknown, schema: Schema, root: unknown, path = '$'): string[] =>
  Object.entries(schema).flatMap(([keyword, rule]): string[] => {
    const check = checks[keyword];
    if (check !== undefined)
      return check(value, rule, root, path).map((problem) =>
        problem.startsWith('$') ? problem : `${path}: ${problem}`,
      );
    if (annotations.has(keyword)) return [];
    throw new Error(`the keyword ${keyword} is not checked`);
  });

/** What `#/a/b` points at. */
export const resolve = (root: unknown, pointer: string): Schema => {
  let at = root;
  for (const step of pointer.slice(2).split('/')) at = (at as Record<string, unknown> | undefined)?.[step];
  if (typeof at !== 'object' || at === null) throw new Error(`${pointer} points at nothing`);
  return at as Schema;
};

type Check = (value: unknown, rule: unknown, root: unknown, path: string) => string[];

const typeOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return ['array'];
  if (value === null) return ['null'];
  if (typeof value === 'number') return Number.isInteger(value) ? ['integer', 'number'] : ['number'];
  return [typeof value];
};
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const unless = (isFine: boolean, problem: string): string[] => (isFine ? [] : [problem]);

const formats: Readonly<Record<string, (value: unknown) => boolean>> = {
  uuid: (value) => typeof value === 'string' && /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value),
  int32: (value) => typeof value === 'number' && Math.abs(value) <= 2 ** 31,
  int64: (value) => Number.isFinite(Number(value)),
};

const checks: Readonly<Record<string, Check>> = {
  $ref: (value, rule, root, path) => violations(value, resolve(root, String(rule)), root, path),
  type: (value, rule) =>
    unless(
      [rule].flat().some((type) => typeOf(value).includes(String(type))),
      `is not ${JSON.stringify(rule)}`,
    ),
  enum: (value, rule) => unless((rule as unknown[]).includes(value), 'is none of the listed values'),
  const: (value, rule) => unless(value === rule, `is not ${JSON.stringify(rule)}`),
  format: (value, rule) => {
    const isFine = formats[String(rule)];
    if (isFine === undefined) throw new Error(`the format ${String(rule)} is not checked`);
    return unless(isFine(value), `is not a ${String(rule)}`);
  },
  pattern: (value, rule) =>
    unless(typeof value !== 'string' || new RegExp(String(rule)).test(value), `is not like ${String(rule)}`),
  minLength: (value, rule) => unless(typeof value !== 'string' || value.length >= Number(rule), 'is too short'),
  maxLength: (value, rule) => unless(typeof value !== 'string' || value.length <= Number(rule), 'is too long'),
  minimum: (value, rule) => unless(typeof value !== 'number' || value >= Number(rule), 'is too small'),
  maximum: (value, rule) => unless(typeof value !== 'number' || value <= Number(rule), 'is too large'),
  required: (value, rule) =>
    (rule as string[]).flatMap((name) => unless(!isObject(value) || Object.hasOwn(value, name), `lacks ${name}`)),
  properties: (value, rule, root, path) =>
    Object.entries(rule as Record<string, Schema>).flatMap(([name, schema]) =>
      isObject(value) && Object.hasOwn(value, name) ? violations(value[name], schema, root, `${path}.${name}`) : [],
    ),
  items: (value, rule, root, path) =>
    Array.isArray(value) ? value.flatMap((item, i) => violations(item, rule as Schema, root, `${path}[${i}]`)) : [],
  oneOf: (value, rule, root, path) =>
    unless(
      (rule as Schema[]).filter((schema) => violations(value, schema, root, path).length === 0).length === 1,
      'fits not exactly one',
    ),
};
