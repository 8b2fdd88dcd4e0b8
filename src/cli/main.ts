import { readFileSync } from 'node:fs';
import { ConfigError, GatewayError } from '../model/errors.ts';
import { readCommandConfig } from '../settings/read.ts';
import { CommandEnd } from './command-end.ts';
import type { CommandLine } from './command-line.ts';
import { commands, isCommand } from './commands.ts';
import { print } from './output.ts';

const main = async (): Promise<void> => {
  const line = await read(process.argv.slice(2));
  if (line.kind === 'help') return print(line.text);
  if (line.kind === 'version') return print(version());
  const config = readCommandConfig(line.command, line.flags);
  const run = await commands[line.command].load();
  await run(config, line.operands);
};

/** A command alone, as a container starts a gateway, is read at once: what reads flags would hold it up. */
const read = async (args: readonly string[]): Promise<CommandLine> => {
  const [command = 'serve', ...others] = args;
  if (others.length === 0 && isCommand(command)) return { kind: 'run', command, flags: new Map(), operands: [] };
  const { readCommandLine } = await import('./command-line.ts');
  return readCommandLine(args);
};

const version = (): string => {
  const { version: found } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return found;
};

/** What somebody can fix is said in plain words; anything else is worth its stack. */
const explain = (error: unknown): string => {
  if (error instanceof ConfigError || error instanceof CommandEnd) return error.message;
  if (error instanceof GatewayError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
};

main().catch((error: unknown) => {
  // Exits by force: a sandbox that was started before, say, the gateway's port was found taken would keep the process alive.
  // What `diff` has to say is said by 0 and 1.
  const trouble = process.argv[2] === 'diff' ? 2 : 1;
  const status = error instanceof CommandEnd ? Math.max(trouble, error.status) : trouble;
  process.stderr.write(`rolescope: ${explain(error)}\n`, () => process.exit(status));
});
