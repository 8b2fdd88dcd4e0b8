const maxProblems = 50;

/** Unknown input that cannot be used. The message names every mistake and its place, one a line; beyond fifty it says how many more. */
export class SandboxInputError extends Error {
  override readonly name = 'SandboxInputError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    const more = problems.length - maxProblems;
    const shown = [...problems.slice(0, maxProblems), ...(more > 0 ? [`and ${more} more of this kind`] : [])];
    super(shown.join('\n'));
    this.problems = shown;
  }
}
