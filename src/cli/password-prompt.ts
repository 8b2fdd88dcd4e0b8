import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { ConfigError } from '../model/errors.ts';
import type { Config } from '../settings/read.ts';

/** The API user's password: from the settings or, where somebody is there to ask, from a prompt. Fails as `promptPassword` does. */
export const passwordOf = async ({ password, username }: Config): Promise<string> =>
  password ?? promptPassword(`Password of ${username}: `, process.stdin, process.stderr);

/**
 * Asks for a password on the terminal without showing what is typed. Throws a `ConfigError` where `input` is no terminal, or where nothing is
 * given. The question goes to `output`, which should be stderr: what a command prints may be read by another one.
 */
export const promptPassword = (
  question: string,
  input: NodeJS.ReadableStream & { readonly isTTY?: boolean },
  output: NodeJS.WritableStream,
): Promise<string> => {
  if (input.isTTY !== true) {
    throw new ConfigError('no password: set ROLESCOPE_PASSWORD or ROLESCOPE_PASSWORD_FILE, or run this on a terminal');
  }
  // readline echoes what is typed to its output, so it gets one that shows nothing.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input, output: silent, terminal: true });
  output.write(question);
  return new Promise((resolve, reject) => {
    let answer = '';
    lines.once('line', (line) => {
      answer = line;
      lines.close();
    });
    lines.once('SIGINT', () => lines.close());
    lines.once('close', () => {
      output.write('\n');
      if (answer === '') reject(new ConfigError('no password was given'));
      else resolve(answer);
    });
  });
};
