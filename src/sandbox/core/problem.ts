/** Something the sandbox was asked to do and will not: the control interface answers it with its status and message. */
export class SandboxRefusal extends Error {
  override readonly name = 'SandboxRefusal';
  /** HTTP status of the control interface's answer. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
