/** Unknown input that cannot be used. The message names every mistake and its place, one a line. */
export class SandboxInputError extends Error {
  override readonly name = 'SandboxInputError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

const maxProblems = 50;

/** Reads unknown input whole, and then throws a `SandboxInputError` where anything was wrong with it. */
export const readInput = <Result>(value: unknown, read: (input: Input) => Result): Result => {
  const problems: string[] = [];
  const result = read(new Input(value, '$', problems));
  if (problems.length === 0) return result;
  const more = problems.length - maxProblems;
  throw new SandboxInputError([
    ...problems.slice(0, maxProblems),
    ...(more > 0 ? [`and ${more} more of this kind`] : []),
  ]);
};

/**
 * One value of unknown input and its place in the whole. Reading a value that is not what it must be writes a problem
 * down and answers something harmless, so that one pass finds all of them.
 */
export class Input {
  readonly value: unknown;
  /** A JSON path such as `$.subjects[3].roles`. */
  readonly path: string;
  readonly #problems: string[];

  constructor(value: unknown, path: string, problems: string[]) {
    this.value = value;
    this.path = path;
    this.#problems = problems;
  }

  get isAbsent(): boolean {
    return this.value === undefined;
  }

  /** Writes a problem down. */
  problem(message: string): void {
    this.#problems.push(`${this.path}: ${message}`);
  }

  /** The fields of an object that may have these and, unless `others` are allowed, no more. */
  fields<Name extends string>(names: readonly Name[], others: 'refused' | 'allowed' = 'refused'): Record<Name, Input> {
    const object = this.#object();
    if (others === 'refused') {
      for (const name of Object.keys(object)) {
        if (!(names as readonly string[]).includes(name)) {
          this.#at(name, object[name]).problem(`unknown field; expected ${names.join(', ')}`);
        }
      }
    }
    const own = (name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);
    return Object.fromEntries(names.map((name) => [name, this.#at(name, own(name))])) as Record<Name, Input>;
  }

  /** The fields of an object that may have any. */
  entries(): [string, Input][] {
    return Object.entries(this.#object()).map(([name, value]) => [name, this.#at(name, value)]);
  }

  /** The items of a list. */
  items(): Input[] {
    if (Array.isArray(this.value)) {
      return this.value.map((item: unknown, i) => new Input(item, `${this.path}[${i}]`, this.#problems));
    }
    this.problem(`expected a list, got ${describe(this.value)}`);
    return [];
  }

  /** A text of 1 to `maxLength` characters, or from 0 where it may be empty. */
  text(maxLength = 200, minLength: 0 | 1 = 1): string {
    if (typeof this.value !== 'string') this.problem(`expected a text, got ${describe(this.value)}`);
    else if (this.value.length < minLength) this.problem('expected a text that is not empty');
    else if (this.value.length > maxLength) this.problem(`expected at most ${maxLength} characters`);
    else return this.value;
    return '';
  }

  /** A number within bounds. */
  number(min: number, max: number, kind: 'integer' | 'any' = 'integer'): number {
    const { value } = this;
    const isNumber = typeof value === 'number' && (kind === 'any' || Number.isInteger(value));
    if (isNumber && value >= min && value <= max) return value;
    const article = kind === 'integer' ? 'an integer' : 'a number';
    this.problem(`expected ${article} from ${min} to ${max}, got ${describe(value)}`);
    return min;
  }

  flag(): boolean {
    if (typeof this.value !== 'boolean') this.problem(`expected true or false, got ${describe(this.value)}`);
    return this.value === true;
  }

  oneOf<const Word extends string | number | boolean>(words: readonly Word[]): Word {
    const word = words.find((word) => word === this.value);
    if (word === undefined) this.problem(`expected one of ${words.join(', ')}, got ${describe(this.value)}`);
    return word ?? (words[0] as Word);
  }

  /** Reads the value where there is one. */
  optional<Result>(read: (input: Input) => Result): Result | undefined {
    return this.isAbsent ? undefined : read(this);
  }

  #at(name: string, value: unknown): Input {
    const step = /^[A-Za-z_]\w*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
    return new Input(value, this.path + step, this.#problems);
  }

  #object(): Record<string, unknown> {
    if (typeof this.value === 'object' && this.value !== null && !Array.isArray(this.value)) {
      return this.value as Record<string, unknown>;
    }
    this.problem(`expected an object, got ${describe(this.value)}`);
    return {};
  }
}

/** The fields that have a value. */
export const present = <Fields extends object>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Fields]?: Exclude<Fields[Name], undefined>;
  };

const describe = (value: unknown): string => {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value) ?? typeof value;
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
};
