import { ConfigError } from '../model/errors.ts';

/** A port to listen on, and how it is chosen. */
export interface ChosenPort {
  /** Who listens, as in "the gateway". */
  readonly owner: string;
  readonly port: number;
  readonly flag: string;
  readonly variable: string;
  /** Absent: this machine's own, which cannot be wrong. */
  readonly host?: string;
}

/** What `listen` gives, which listens on these ports. Where it cannot, a `ConfigError` of one line that names what is in the way and what chooses another. */
export const onPort = async <Value>(chosen: readonly ChosenPort[], listen: () => Promise<Value>): Promise<Value> => {
  try {
    return await listen();
  } catch (error) {
    const message = explanation(chosen, error as ListenError);
    throw message === undefined ? error : new ConfigError(message, { cause: error });
  }
};

/** What `listen` fails with (Node's documentation, "SystemError"). */
type ListenError = NodeJS.ErrnoException & { readonly port?: number };

const explanation = (ports: readonly ChosenPort[], { code, syscall, ...error }: ListenError): string | undefined => {
  // One that was not chosen follows from one that was: the sandbox takes the ports behind its own as well.
  const chosen = ports.findLast(({ port }) => port === error.port) ?? ports[0];
  if (chosen === undefined) return undefined;
  const { owner, flag, variable, host } = chosen;
  const port = error.port ?? chosen.port;
  const another = `choose another with ${flag} or ${variable} (0 takes any free one)`;
  if (code === 'EADDRINUSE') return `port ${port} is taken, which ${owner} should listen on: ${another}`;
  if (code === 'EACCES') return `port ${port} may not be listened on by ${owner}: ${another}`;
  if (host === undefined || (syscall !== 'listen' && syscall !== 'getaddrinfo')) return undefined;
  return `${owner} cannot listen on ${JSON.stringify(host)} (${code}): choose another address with --host or HOST`;
};
