import { flagOf, type Setting, spelledAsFlag } from '../settings/kinds.ts';
import { settings } from '../settings/table.ts';
import { commands } from './commands.ts';

/** What commander says of a command line that it refuses. */
interface Refusal {
  readonly code: string;
  readonly message: string;
}

/** Why commander refuses a command line, in one line that says what to do. Never shows a value: it may be a secret at the wrong place. */
export const explainRefusal = ({ code, message }: Refusal, command = 'serve'): string => {
  const [, named = ''] = /'([^'=<, ]*)/.exec(message) ?? [];
  const nearest = /\(Did you mean (.+)\?\)/.exec(message)?.[1];
  switch (code) {
    case 'commander.unknownCommand':
      return `unknown command ${JSON.stringify(named)}: ${nearest === undefined ? `use one of ${Object.keys(commands).join(', ')}` : `did you mean ${nearest}?`}`;
    case 'commander.unknownOption':
      return explainFlag(named, command, nearest);
    case 'commander.optionMissingArgument':
      return `${named} needs a value`;
    default:
      return message.replace(/^error: /, '').replaceAll('\n', ' ');
  }
};

const explainFlag = (flag: string, command: string, nearest: string | undefined): string => {
  const bare = flag.replace(/^--no-/, '--');
  for (const setting of Object.values<Setting>(settings)) {
    if (setting.isSecret && bare === spelledAsFlag(setting)) {
      return `there is no flag ${flag}, because other users of a machine can read flags: set ${setting.env}`;
    }
    if (flagOf(setting) === bare && (setting.kind === 'switch' || bare === flag)) {
      return `${command} has no use for ${flag}: it is a flag of ${(setting.commands ?? ['serve']).join(', ')}`;
    }
  }
  return `unknown flag ${flag}: ${nearest === undefined ? `see rolescope ${command} --help` : `did you mean ${nearest}?`}`;
};
