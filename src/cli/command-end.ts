/** Ends a command with a status of its own, after one line on stderr. */
export class CommandEnd extends Error {
  override readonly name = 'CommandEnd';
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}
