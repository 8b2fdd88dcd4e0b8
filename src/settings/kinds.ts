/** What a setting can be. */

interface SettingText {
  /** Environment variable. The flag is the same in kebab-case without `ROLESCOPE_`, unless the setting is a secret. */
  readonly env: string;
  readonly help: string;
  /** True: environment or file only, never a flag, because other users of a machine can read flags. */
  readonly isSecret?: true;
  readonly group: SettingGroup;
}

export type SettingGroup = 'server' | 'upstream' | 'sandbox';

export interface IntegerSetting extends SettingText {
  readonly kind: 'integer';
  readonly min: number;
  readonly max: number;
  readonly default: number;
}
export interface TextSetting extends SettingText {
  readonly kind: 'text' | 'url';
  readonly default?: string;
}
export interface ListSetting extends SettingText {
  readonly kind: 'list';
  /** What stands between the items of the variable. A flag is repeated instead. */
  readonly separator: ',' | ';';
}
export interface ChoiceSetting<Choice extends string = string> extends SettingText {
  readonly kind: 'choice';
  readonly choices: readonly Choice[];
  readonly default?: Choice;
}
export interface SwitchSetting extends SettingText {
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
export const flagOf = (setting: Setting): string | undefined =>
  setting.isSecret
    ? undefined
    : `--${setting.env
        .replace(/^ROLESCOPE_/, '')
        .toLowerCase()
        .replaceAll('_', '-')}`;
