import { Command as Program, CommanderError, Option } from 'commander';
import { ConfigError } from '../model/errors.ts';
import {
  type ChoiceSetting,
  type Command,
  flagOf,
  isUsedBy,
  type Setting,
  settingGroups,
  spelledAsFlag,
} from '../settings/kinds.ts';
import { type FlagValue, readSwitch } from '../settings/read.ts';
import { settings } from '../settings/table.ts';
import { commands, isCommand } from './commands.ts';
import { explainRefusal } from './refusals.ts';

/** What a command line asks for. */
export type CommandLine =
  | { readonly kind: 'help'; readonly text: string }
  | { readonly kind: 'version' }
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly flags: ReadonlyMap<string, FlagValue>;
      readonly operands: readonly string[];
    };

/**
 * Reads a command line. Nothing in it is ignored in silence: a command or flag that is not known, that the command has no use for, or that is given
 * two values is refused with a `ConfigError` of one line, which names the nearest one where there is one. Values are not looked at here.
 */
export const readCommandLine = (args: readonly string[]): CommandLine => {
  if (args[0] === '--version' || args[0] === '-v') return { kind: 'version' };
  const words = spellOut(joinWords(args));
  const flags = new Map<string, FlagValue>();
  let asked: Command | undefined;
  let operands: readonly string[] = [];
  let text = '';
  const program = createProgram(words[0], {
    onFlag: (setting, value) => addFlag(flags, setting, value),
    onCommand: (command, given) => {
      asked = command;
      operands = given;
    },
    onText: (piece) => (text += piece),
  });
  try {
    program.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw new ConfigError(explainRefusal(error, words[0]), { cause: error });
  }
  return asked === undefined
    ? { kind: 'help', text: text.trimEnd() }
    : { kind: 'run', command: asked, flags, operands };
};

/** A command of two words is one to commander: nested ones would each take their own way to help and refusals. */
const joinWords = (args: readonly string[]): readonly string[] => {
  const [first, second] = args;
  if (first === 'help' && second === group) {
    const [, ...asked] = args;
    const [name = group, ...rest] = joinWords(asked);
    return name === '--help' ? [name] : [first, name, ...rest];
  }
  if (first !== group) return args;
  if (second === undefined || second === '--help' || second === '-h') return ['--help'];
  const name = `${group} ${second}`;
  if (isCommand(name)) return [name, ...args.slice(2)];
  const known = Object.keys(commands).filter((command) => command.startsWith(`${group} `));
  throw new ConfigError(`unknown command ${JSON.stringify(name)}: use one of ${known.join(', ')}`);
};

/** What commands of two words begin with. */
const group = 'record';

/** The same command line in the one form that commander reads. */
const spellOut = (args: readonly string[]): string[] => {
  const [first = 'serve', second] = args;
  // Commander can have a default command too, but then a mistyped one is taken for an argument of it.
  if (first.startsWith('-') && first !== '--help' && first !== '-h') return ['serve', ...args.map(spellOutSwitch)];
  if (first === 'help') return second === undefined ? ['--help'] : [second, ...(isCommand(second) ? ['--help'] : [])];
  // What follows a command that is not known has no meaning, and would hide the complaint about it.
  return isCommand(first) ? [first, ...args.slice(1).map(spellOutSwitch)] : [first];
};

/** `--x=false` says what `--no-x` says, and commander knows only that. */
const spellOutSwitch = (arg: string): string => {
  const [, flag = '', value = ''] = /^(--[^=]+)=(.*)$/s.exec(arg) ?? [];
  if (isSwitch(flag)) return readSwitch(value, flag) ? flag : flag.replace('--', '--no-');
  const bare = flag.replace(/^--no-/, '--');
  if (bare !== flag && isSwitch(bare)) throw new ConfigError(`${flag} takes no value: write ${bare} or ${flag}`);
  return arg;
};

const isSwitch = (flag: string): boolean =>
  Object.values<Setting>(settings).some((setting) => setting.kind === 'switch' && flagOf(setting) === flag);

const addFlag = (flags: Map<string, FlagValue>, setting: Setting, value: string | boolean): void => {
  const flag = flagOf(setting) as string;
  const before = flags.get(flag);
  if (setting.kind === 'list') flags.set(flag, [...((before as readonly string[]) ?? []), value as string]);
  else if (before === undefined || before === value) flags.set(flag, value);
  else throw new ConfigError(`${flag} is given twice, and not the same: leave one of them out`);
};

interface Listener {
  /** Told of each flag as it is met. A switch is true or false. */
  readonly onFlag: (setting: Setting, value: string | boolean) => void;
  readonly onCommand: (command: Command, operands: readonly string[]) => void;
  /** Given the text of a help. */
  readonly onText: (text: string) => void;
}

/** Flags are made for the command that is asked for alone: those of all would hold up every start. */
const createProgram = (named: string | undefined, listener: Listener): Program => {
  const program = new Program('rolescope')
    .description('A GraphQL graph over the role assignments of ESET Connect.')
    .usage('[command] [flags]')
    .option('-v, --version', 'show the version')
    .helpOption('-h, --help', 'show this text')
    .helpCommand('help [command]', 'show this text, or the flags of a command')
    .configureHelp({ subcommandTerm: (command) => command.name() })
    .configureOutput({ writeOut: listener.onText, writeErr: () => {} })
    .exitOverride()
    .addHelpText(
      'after',
      '\nWithout a command, `serve` is meant. `rolescope COMMAND --help` lists the flags of a command, and the variable of each.',
    );
  for (const name of Object.keys(commands) as Command[]) {
    const command = addCommand(program, name, listener);
    if (name === named) defineFlags(command, name, listener);
  }
  return program;
};

const addCommand = (program: Program, name: Command, { onCommand }: Listener): Program => {
  const { operands } = commands[name];
  // Given whole, as a name of two words would be taken for a command and its argument.
  const command = new Program(name)
    .copyInheritedSettings(program)
    .description(commands[name].summary)
    .usage(['[flags]', ...(operands === undefined ? [] : [operands.names])].join(' '))
    .allowExcessArguments()
    .action(() => {
      const extra = command.args[operands?.most ?? 0];
      if (extra !== undefined) throw new ConfigError(unexpected(extra, name));
      onCommand(name, command.args);
    });
  program.addCommand(command);
  return command;
};

const defineFlags = (command: Program, name: Command, { onFlag }: Listener): void => {
  /** What the help shows, in its order. A secret has no flag, and is shown all the same. */
  const terms = new Map<Option, string>();
  for (const setting of settingsOf(name)) {
    const option = new Option(flagsOf(setting, name), describe(setting)).helpGroup(`${settingGroups[setting.group]}:`);
    terms.set(option, termOf(setting, name));
    if (setting.isSecret) continue;
    command.addOption(option);
    command.on(`option:${option.name()}`, (value: string | undefined) => onFlag(setting, value ?? true));
    if (setting.kind !== 'switch') continue;
    command.addOption(new Option(option.flags.replace('--', '--no-')).hideHelp());
    command.on(`option:no-${option.name()}`, () => onFlag(setting, false));
  }
  command
    .configureHelp({
      visibleOptions: () => [...terms.keys()],
      optionTerm: (option) => terms.get(option) ?? '',
      groupItems: (_known, visible, groupOf) => inGroups(visible, groupOf),
    })
    .addHelpText('after', `\n${notesOf(name).join('\n')}`);
};

/** In the order of what is shown. Commander's own is that of the options it knows, and so puts a group of secrets alone at the end. */
const inGroups = <Item>(items: readonly Item[], groupOf: (item: Item) => string): Map<string, Item[]> => {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(groupOf(item), [...(groups.get(groupOf(item)) ?? []), item]);
  return groups;
};

/** The settings that a command makes use of, in the order of the help. */
const settingsOf = (command: Command): Setting[] =>
  Object.keys(settingGroups).flatMap((group) =>
    Object.values<Setting>(settings).filter((setting) => setting.group === group && isUsedBy(command, setting)),
  );

/** As commander wants them. `rolescope sandbox` has nothing but the sandbox's flags, so their prefix may be left out. */
const flagsOf = (setting: Setting, command: Command): string => {
  const flag = spelledAsFlag(setting);
  const short = command === 'sandbox' ? `${shortened(flag)}, ` : '';
  return `${short}${flag}${setting.kind === 'switch' ? '' : ` <${operandOf(setting)}>`}`;
};

const shortened = (flag: string): string => flag.replace('--sandbox-', '--');

const termOf = (setting: Setting, command: Command): string => {
  const flag = flagOf(setting);
  if (flag === undefined) return setting.env;
  if (setting.kind === 'switch') return flag.replace('--', '--[no-]');
  return `${command === 'sandbox' ? shortened(flag) : flag} ${operandOf(setting)}`;
};

const operandOf = (setting: Setting): string => {
  if (setting.kind === 'choice') return areShort(setting) ? setting.choices.join('|') : 'WORD';
  return setting.kind === 'integer' ? 'N' : setting.kind.toUpperCase();
};

/** Whether choices have room beside their flag. */
const areShort = ({ choices }: ChoiceSetting): boolean => choices.join('|').length <= 20;

const describe = (setting: Setting): string => {
  const usual = setting.kind === 'list' ? undefined : setting.default;
  const choices = setting.kind === 'choice' && !areShort(setting) ? [setting.choices.join(', ')] : [];
  const facts = [
    ...choices,
    setting.isSecret ? 'a secret: no flag' : setting.env,
    ...(usual === undefined ? [] : [`default ${usual}`]),
  ];
  return `${setting.help} (${facts.join('; ')})`;
};

const notesOf = (command: Command): string[] => [
  'A flag wins over its variable.',
  ...(command === 'sandbox' ? ['Flags may have `sandbox-` in front, as `rolescope serve --sandbox` wants them.'] : []),
  ...(settingsOf(command).some(({ kind }) => kind === 'switch')
    ? ['A switch is on with --x or --x=true, and off with --no-x or --x=false.']
    : []),
];

const unexpected = (argument: string, command: Command): string =>
  `unexpected argument ${JSON.stringify(argument)} after ${command}${isCommand(argument) ? ': a command stands before all flags' : ''}`;
