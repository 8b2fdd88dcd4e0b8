import { type GraphQLError, locatedError } from 'graphql';
import type { AnswerMeter } from './answer-meter.ts';
import type { OutputType } from './compile.ts';
import { type Path, pathToArray } from './path.ts';

/** Errors that one answer lists. The rest is only counted: each is an object with a stack, and there could be one for every field. */
export const maxListedErrors = 200;

/** What went wrong, and where it came up, before somebody has to make an error of it. */
class FieldFailure {
  readonly raw: unknown;
  readonly output: OutputType;
  readonly path: Path;

  constructor(raw: unknown, output: OutputType, path: Path) {
    this.raw = raw;
    this.output = output;
    this.path = path;
  }
}

/** The errors of one execution, but for those below a place that an earlier error has nulled already. */
export class CollectedErrors {
  readonly listed: GraphQLError[] = [];
  unlisted = 0;
  readonly #nulled = new Set<Path | undefined>();

  get count(): number {
    return this.listed.length + this.unlisted;
  }

  add(failure: unknown, path: Path | undefined): void {
    for (let at = path; at !== undefined; at = at.prev) if (this.#nulled.has(at)) return;
    if (this.#nulled.has(undefined)) return;
    this.#nulled.add(path);
    if (this.listed.length >= maxListedErrors) this.unlisted++;
    else this.listed.push(errorOf(failure));
  }
}

const errorOf = (failure: unknown): GraphQLError =>
  failure instanceof FieldFailure
    ? locatedError(failure.raw, failure.output.field.nodes, pathToArray(failure.path))
    : locatedError(failure, undefined);

/** Where an execution notes what went wrong. */
interface Failing {
  readonly meter: AnswerMeter;
  readonly errors: CollectedErrors;
}

/**
 * Notes an error at the first place that may be null, and throws it on from every other; its path is where it came up. An answer that has grown too
 * large ends at once, whatever may be null.
 */
export const handleFieldError = ({ meter, errors }: Failing, output: OutputType, path: Path, raw: unknown): void => {
  if (meter.exceeded !== undefined) throw meter.exceeded;
  const failure = raw instanceof FieldFailure ? raw : new FieldFailure(raw, output, path);
  if (output.isNonNull) throw failure;
  errors.add(failure, path);
};
