/** Something the sandbox was asked to do and will not. The API answers it as upstream does, the control interface with its message. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** HTTP status of the answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
