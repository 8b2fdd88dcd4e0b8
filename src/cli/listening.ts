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

/** What `listen` gives. Where it cannot listen, a `ConfigError` of one line that names what is in the way and what chooses another. */
export const onPort = async <Value>(chosen: ChosenPort, listen: () => Promise<Value>): Promise<Value> => {
  try {
    return await listen();
  } catch (error) {
    const message = explanation(chosen, error as ListenError);
    throw message === undefined ? error : new ConfigError(message, { cause: error });
  }
};

/** What `listen` fails with (Node's documentation, "SystemError"). */
type ListenError = NodeJS.ErrnoException & { readonly port?: number };

const explanation = (chosen: ChosenPort, { code, syscall, ...error }: ListenError): string | undefined => {
  const { owner, flag, variable, host } = chosen;
  // The sandbox takes the ports that follow as well.
  const port = error.port ?? chosen.port;
  const another = `choose another with ${flag} or ${variable} (0 takes any free one)`;
  if (code === 'EADDRINUSE') return `port ${port} is taken, which ${owner} should listen on: ${another}`;
  if (code === 'EACCES') return `port ${port} may not be listened on by ${owner}: ${another}`;
  if (host === undefined || (syscall !== 'listen' && syscall !== 'getaddrinfo')) return undefined;
  return `${owner} cannot listen on ${JSON.stringify(host)} (${code}): choose another address with --host or HOST`;
};
