import { Problem } from '../problem.ts';

/** What a parameter of a call can be. A text is 0 to 100 characters long unless it says otherwise. */
type Parameter = (
  | { readonly kind: 'text'; readonly maxLength?: number }
  | { readonly kind: 'uuid' }
  | { readonly kind: 'flag' }
  | { readonly kind: 'enum'; readonly names: readonly string[] }
) & {
  /** Part of the path, `{name}` there. Default: the query. */
  readonly isInPath?: true;
  /** May be given several times. */
  readonly isRepeated?: true;
};

export type Parameters = Readonly<Record<string, Parameter>>;

/** Bounds of upstream on every list. */
const bounds = { text: 100, pageToken: 128, pageSize: 99_999, servedPageSize: 1000, defaultPageSize: 50 };

/** Shape of every uuid; which of the versions it is does not matter. */
const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The arguments of one call, checked. */
export class Arguments {
  readonly #values: ReadonlyMap<string, readonly string[]>;
  /** Of a list: rows that one page may have. */
  readonly pageSize: number;
  /** Of a list: empty on the first page. */
  readonly pageToken: string;

  constructor(values: ReadonlyMap<string, readonly string[]>, pageSize: number, pageToken: string) {
    this.#values = values;
    this.pageSize = pageSize;
    this.pageToken = pageToken;
  }

  /** Empty where it was not given. */
  text(name: string): string {
    return this.#values.get(name)?.[0] ?? '';
  }

  /** Undefined where it was not given. */
  flag(name: string): boolean | undefined {
    const text = this.text(name);
    return text === '' ? undefined : text === 'true';
  }

  /** All values of a parameter that may be given several times. */
  all(name: string): readonly string[] {
    return this.#values.get(name) ?? [];
  }

  /** Equal for equal arguments, whatever their order, and whatever page they ask for. */
  canonical(): string {
    return JSON.stringify(
      [...this.#values].filter(([, [first]]) => first !== '').toSorted(([a], [b]) => (a < b ? -1 : 1)),
    );
  }
}

/** Reads the parameters of a call as strictly as can be: a client's slip should not go unseen. Throws a `Problem` with 400. */
export const readArguments = (
  query: string,
  inPath: Readonly<Record<string, string>>,
  parameters: Parameters,
  isList: boolean,
): Arguments => {
  const values = new Map<string, string[]>();
  for (const [name, value] of Object.entries(inPath)) values.set(name, [checked(name, value, parameters[name])]);
  let pageSize = '';
  let pageToken = '';
  const seen = new Set<string>();
  for (const [name, value] of query === '' ? [] : new URLSearchParams(query)) {
    const parameter = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    const isPaging = isList && (name === 'pageSize' || name === 'pageToken');
    if (!isPaging && (parameter === undefined || parameter.isInPath === true)) {
      throw new Problem(400, `unknown query parameter "${name.slice(0, 50)}"`);
    }
    if (seen.has(name) && parameter?.isRepeated !== true) {
      throw new Problem(400, `query parameter "${name}" is given more than once`);
    }
    seen.add(name);
    if (name === 'pageSize' && isPaging) pageSize = value;
    else if (name === 'pageToken' && isPaging) pageToken = value;
    else values.set(name, [...(values.get(name) ?? []), checked(name, value, parameter)]);
  }
  if (pageToken.length > bounds.pageToken) {
    throw new Problem(400, `page_token is longer than ${bounds.pageToken} characters`);
  }
  return new Arguments(values, readPageSize(pageSize), pageToken);
};

const readPageSize = (text: string): number => {
  if (!/^(?:-?\d+)?$/.test(text)) throw new Problem(400, 'page_size is not an integer');
  const asked = Number(text);
  if (asked < 0) throw new Problem(400, 'page_size is negative');
  if (asked > bounds.pageSize) throw new Problem(400, `page_size is larger than ${bounds.pageSize}`);
  return asked === 0 ? bounds.defaultPageSize : Math.min(asked, bounds.servedPageSize);
};

/** Problems name a parameter as upstream's own messages do. */
const snakeCase = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const checked = (name: string, value: string, parameter: Parameter | undefined): string => {
  const refuse = (why: string): never => {
    throw new Problem(400, `${snakeCase(name)} ${why}`);
  };
  const maxLength = (parameter?.kind === 'text' ? parameter.maxLength : undefined) ?? bounds.text;
  if (value.length > maxLength) refuse(`is longer than ${maxLength} characters`);
  // As in every message of this API: what is empty was not given.
  if (value === '' && parameter?.isInPath !== true) return value;
  if (parameter?.kind === 'uuid' && !uuidShape.test(value)) refuse('is not a uuid');
  if (parameter?.kind === 'flag' && value !== 'true' && value !== 'false') refuse('is neither true nor false');
  if (parameter?.kind === 'enum' && !parameter.names.includes(value)) refuse('is not a documented name');
  return value;
};
