import { CommandEnd } from './command-end.ts';

/** Writes to stdout as fast as it is read. Fails with a `CommandEnd` where nobody reads any more, or it cannot be written. */
export const createStdoutWriter = (): { readonly write: (text: string) => Promise<void> } => ({
  write: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => {
        if (error === undefined || error === null) resolve();
        else
          reject(new CommandEnd(1, `stdout cannot be written: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}`));
      });
    }),
});

// The callback of each write tells of it; without a listener it would end the process with a stack.
process.stdout.on('error', () => {});
