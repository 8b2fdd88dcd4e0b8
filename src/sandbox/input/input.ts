import {
  array,
  boolean,
  custom,
  lazy,
  looseObject,
  maxLength,
  minLength,
  pipe,
  record,
  safeParse,
  strictObject,
  string,
  type BaseIssue,
  type GenericSchema,
  type ObjectEntries,
} from 'valibot';
import { SandboxInputError } from './input-error.ts';

/** Checks unknown input whole. Throws a `SandboxInputError` where anything is wrong with it. */
export const readInput = <Output>(schema: GenericSchema<unknown, Output>, value: unknown): Output => {
  const { issues, output } = safeParse(schema, value);
  if (issues === undefined) return output;
  throw new SandboxInputError(issues.map((issue) => `${placeOf(issue)}: ${issue.message}`));
};

/** Says what a value must be, the same way for every schema. */
const expecting = <Schema extends GenericSchema>(schema: Schema, expects: string): Schema => ({ ...schema, expects });

const unlike = ({ expected, input }: BaseIssue<unknown>): string => `expected ${expected}, got ${show(input)}`;

/** A text of 1 to `longest` characters, or from 0 where it may be empty. */
export const text = (longest = 200, shortest: 0 | 1 = 1) =>
  pipe(
    expecting(string(unlike), 'a text'),
    minLength(shortest, 'expected a text that is not empty'),
    maxLength(longest, `expected at most ${longest} characters`),
  );

export const integer = (min: number, max: number) => numeric(min, max, Number.isInteger, 'an integer');
export const number = (min: number, max: number) => numeric(min, max, Number.isFinite, 'a number');

const numeric = (min: number, max: number, isOfKind: (value: number) => boolean, kind: string) =>
  expecting(
    custom<number>((value) => typeof value === 'number' && isOfKind(value) && value >= min && value <= max, unlike),
    `${kind} from ${min} to ${max}`,
  );

export const flag = () => expecting(boolean(unlike), 'true or false');

export const oneOf = <const Word extends string | number | boolean>(words: readonly Word[]) =>
  expecting(
    custom<Word>((value) => words.some((word) => word === value), unlike),
    `one of ${words.join(', ')}`,
  );

export const listOf = <Item extends GenericSchema>(item: Item) => expecting(array(item, unlike), 'a list');

/** An object that may have these fields and no more. */
export const fields = <const Entries extends ObjectEntries>(entries: Entries) =>
  noList(strictObject(entries, wrongObject(entries)));

/** An object that may have other fields besides. */
export const someFields = <const Entries extends ObjectEntries>(entries: Entries) =>
  noList(looseObject(entries, wrongObject(entries)));

/** The library takes a list for an object. */
const noList = <Schema extends GenericSchema>(schema: Schema) =>
  expecting(
    lazy((input): Schema => (Array.isArray(input) ? (nothing as GenericSchema as Schema) : schema)),
    'an object',
  );

const nothing = expecting(
  custom<never>(() => false, unlike),
  'an object',
);

/** An object whose fields are texts, whatever they are called. */
export const textsByName = <Text extends GenericSchema<unknown, string>>(value: Text) =>
  expecting(record(string(), value, unlike), 'an object');

const wrongObject =
  (entries: ObjectEntries) =>
  ({ input, path }: BaseIssue<unknown>): string => {
    if (path === undefined) return `expected an object, got ${show(input)}`;
    const missing = entries[String(path.at(-1)?.key)];
    if (missing === undefined) return `unknown field; expected ${Object.keys(entries).join(', ')}`;
    return `expected ${missing.expects}, got nothing`;
  };

/** A JSON path such as `$.subjects[3].roles`. */
const placeOf = ({ path }: BaseIssue<unknown>): string => `$${path?.map(({ key }) => stepOf(key)).join('') ?? ''}`;

const stepOf = (key: unknown): string => {
  if (typeof key === 'number') return `[${key}]`;
  return /^[A-Za-z_]\w*$/.test(String(key)) ? `.${String(key)}` : `[${JSON.stringify(key)}]`;
};

/** A value as a problem shows it. */
export const show = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const written = JSON.stringify(value) ?? typeof value;
  return written.length > 60 ? `${written.slice(0, 57)}...` : written;
};
