/** The commands that read settings. */
export type Command =
  | 'serve'
  | 'sandbox'
  | 'doctor'
  | 'token'
  | 'export'
  | 'diff'
  | 'record status'
  | 'record prune'
  | 'record export';

/** What settings are about, most needed first: the order of the help and of the README. */
export const settingGroups = {
  source: 'Where the data comes from',
  credentials: 'Credentials',
  serving: 'Serving',
  features: 'What is served',
  review: 'Export and compare',
  limits: 'Limits',
  kept: 'What is kept',
  telemetry: 'Logs, metrics and traces',
  sandbox: 'The sandbox',
} as const;

export type SettingGroup = keyof typeof settingGroups;

interface SettingFacts {
  /** Environment variable. The flag is the same in kebab-case without `ROLESCOPE_`, unless the setting is a secret. */
  readonly env: string;
  readonly help: string;
  /** True: environment or file only, never a flag, because other users of a machine can read flags. */
  readonly isSecret?: true;
  readonly group: SettingGroup;
  /** The commands that make use of it; others refuse its flag. Default: `serve` alone. */
  readonly commands?: readonly Command[];
  /** What `serve` must be told besides for it to have a meaning; without it, its flag is refused. */
  readonly needs?: 'sandbox' | 'service' | 'collector';
}

interface IntegerSetting extends SettingFacts {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  /** Absent: what that means is said in `help`. */
  readonly default?: number;
}
interface TextSetting extends SettingFacts {
  /** `time`: a moment, or a day that begins at midnight in UTC. */
  readonly kind: 'text' | 'url' | 'file' | 'time';
  readonly default?: string;
  /** True: empty is a value of its own, and not the same as unset. */
  readonly mayBeEmpty?: true;
}
interface ListSetting extends SettingFacts {
  readonly kind: 'list';
  /** What stands between the items. A flag can be repeated as well. */
  readonly separator: ',' | ';';
}
export interface ChoiceSetting<Choice extends string = string> extends SettingFacts {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
  readonly default?: Choice;
}
interface SwitchSetting extends SettingFacts {
  readonly kind: 'switch';
  /** Absent: neither on nor off, and what that means is said in `help`. */
  readonly default?: boolean;
}
export type Setting = IntegerSetting | TextSetting | ListSetting | ChoiceSetting | SwitchSetting;

/** Keeps each setting's own type. */
export const defineSettings = <const Table extends Record<string, Setting>>(table: Table): Table => table;

/** The longest time that a setting can name: an hour. */
export const maxTimeMs = 3_600_000;

/** The flag of a setting, such as `--rate-limit`; undefined for a secret. */
export const flagOf = (setting: Setting): string | undefined => (setting.isSecret ? undefined : spelledAsFlag(setting));

/** What the flag of a variable is called, or of a secret would be called. */
export const spelledAsFlag = ({ env }: Setting): string =>
  `--${env
    .replace(/^ROLESCOPE_/, '')
    .toLowerCase()
    .replaceAll('_', '-')}`;

/** Whether a command makes use of a setting. */
export const isUsedBy = (command: Command, { commands = ['serve'] }: Setting): boolean => commands.includes(command);
