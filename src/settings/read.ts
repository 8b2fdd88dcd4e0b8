import { readFileSync } from 'node:fs';
import { ConfigError } from '../model/errors.ts';
import { type Command, flagOf, isUsedBy, type Setting } from './kinds.ts';
import { type SettingKey, settings, type SettingValues } from './table.ts';

/** The addresses of ESET Connect that the gateway talks to. */
export interface UpstreamAddresses {
  /** Of the Identity domain. */
  readonly baseUrl: string;
  /** Absent where only an Identity address was given: nobody can log in then, which passthrough does not need. */
  readonly tokenUrl?: string | undefined;
  /** Absent: not asked, as the two that follow. */
  readonly usersUrl?: string | undefined;
  readonly devicesUrl?: string | undefined;
  readonly policiesUrl?: string | undefined;
}

/** Everything that was set, checked. The layers get parts of it; nobody else reads the environment. */
export interface Config extends SettingValues {
  readonly isProduction: boolean;
  /** Absent: none was set. */
  readonly upstream?: UpstreamAddresses;
}

/** What a flag can be: a switch, a text, or the texts of a flag that was repeated. */
export type FlagValue = string | boolean | readonly string[];

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The config of a command: flags, keyed by their whole name, win over the environment. Throws a `ConfigError` of one line that names the first
 * setting that cannot be used, or the flag that has no effect.
 */
export const readCommandConfig = (
  command: Command,
  flags: ReadonlyMap<string, FlagValue>,
  environment: Environment = process.env,
): Config => {
  const config = readConfig(
    environment,
    flags,
    command === 'sandbox' ? (flag) => flag.replace('--sandbox-', '--') : undefined,
  );
  if (isUsedBy(command, settings.sandbox)) refuseIdleFlags(config, flags);
  return config;
};

/**
 * The config of environment and flags. Throws a `ConfigError` of one line that names the first setting that cannot be used; a flag as it is `spelled` for
 * the command, by default whole.
 */
export const readConfig = (
  environment: Environment,
  flags: ReadonlyMap<string, FlagValue> = new Map(),
  spelled: (flag: string) => string = (flag) => flag,
): Config => {
  const values: Record<string, unknown> = {};
  for (const key of Object.keys(settings) as SettingKey[]) {
    const setting: Setting = settings[key];
    const flag = flagOf(setting);
    const given = flag === undefined ? undefined : flags.get(flag);
    // An empty variable is an unset one, where empty is no value: that is how compose files and shells clear them.
    const mayBeEmpty = 'mayBeEmpty' in setting && setting.mayBeEmpty;
    values[key] =
      given === undefined
        ? valueOf(setting, environment[setting.env] || (mayBeEmpty ? environment[setting.env] : undefined), setting.env)
        : valueOf(setting, given, spelled(flag as string));
  }
  const checked = values as SettingValues;
  if (checked.trustedOnly && checked.subgraph && checked.subgraphKey === undefined) throw new ConfigError(openSubgraph);
  const upstream = addressesOf(checked);
  return {
    ...checked,
    password: checked.password ?? passwordFrom(checked.passwordFile),
    isProduction: environment['NODE_ENV'] === 'production',
    ...(upstream === undefined ? {} : { upstream }),
  };
};

// The subgraph takes what its router makes up, so a list of known operations cannot hold there.
const openSubgraph =
  'ROLESCOPE_TRUSTED_ONLY does not hold at /subgraph, which anybody could ask anything: set ROLESCOPE_SUBGRAPH_KEY, or ROLESCOPE_SUBGRAPH=false';

/** The config of settings given by key, as an embedder does. What is not given has its default. */
export const configOf = (values: { readonly [Key in SettingKey]?: SettingValues[Key] | undefined }): Config => {
  const environment: Record<string, string> = {};
  for (const [key, value] of Object.entries(values)) {
    if (!Object.hasOwn(settings, key)) throw new ConfigError(`unknown setting ${JSON.stringify(key)}`);
    if (value === undefined) continue;
    const setting: Setting = settings[key as SettingKey];
    environment[setting.env] =
      setting.kind === 'list' ? (value as readonly string[]).join(setting.separator) : String(value);
  }
  return readConfig(environment);
};

/** A flag that has no effect was meant to have one. A variable may be set for other occasions. */
const refuseIdleFlags = (config: Config, flags: ReadonlyMap<string, FlagValue>): void => {
  const isMet = {
    sandbox: config.sandbox,
    service: config.auth === 'service',
    collector: config.otlpEndpoint !== undefined,
  };
  for (const setting of Object.values<Setting>(settings)) {
    const flag = flagOf(setting);
    if (flag === undefined || setting.needs === undefined || isMet[setting.needs] || !flags.has(flag)) continue;
    throw new ConfigError(`${flag} has no effect without ${whatMeets[setting.needs]}`);
  }
};

const whatMeets = {
  sandbox: '--sandbox',
  service: '--auth service',
  collector: '--otel-exporter-otlp-endpoint',
} as const;

const valueOf = (setting: Setting, given: FlagValue | undefined, name: string): unknown => {
  if (given === undefined) return setting.kind === 'list' ? [] : setting.default;
  if (setting.kind === 'list') return itemsOf(given, setting.separator);
  if (setting.kind === 'switch') return typeof given === 'boolean' ? given : readSwitch(String(given), name);
  const text = String(given);
  switch (setting.kind) {
    case 'integer': {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      if (!(value >= setting.min && value <= setting.max)) {
        throw new ConfigError(
          `${name} must be an integer from ${setting.min} to ${setting.max}, got ${JSON.stringify(text)}`,
        );
      }
      return value;
    }
    case 'choice':
      if (!setting.choices.includes(text)) {
        throw new ConfigError(`${name} must be one of ${setting.choices.join(', ')}, got ${JSON.stringify(text)}`);
      }
      return text;
    case 'time':
      return momentOf(text, name);
    case 'url':
      return text === '' && setting.mayBeEmpty ? '' : urlOf(text, name, setting.isSecret === true);
    default:
      return text;
  }
};

const momentForm = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d))?$/;

/** Without a zone nobody knows which moment is meant, but of a day. */
const momentOf = (text: string, name: string): string => {
  const timeMs = momentForm.test(text) ? Date.parse(text) : Number.NaN;
  // A day that is not in its month would be taken for one of the next.
  const day = text.slice(0, 10);
  if (!Number.isNaN(timeMs) && new Date(`${day}T00:00Z`).toISOString().startsWith(day))
    return new Date(timeMs).toISOString();
  throw new ConfigError(
    `${name} must be a day or a moment with its zone, such as 2026-03-01 or 2026-03-01T09:30:00Z, got ${JSON.stringify(text)}`,
  );
};

const itemsOf = (given: FlagValue, separator: string): readonly string[] =>
  [given]
    .flat()
    .flatMap((text) => String(text).split(separator))
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** A switch as it is written. Throws a `ConfigError` that names what it was written for. */
export const readSwitch = (text: string, name: string): boolean => {
  if (text === '1' || text === 'true' || text === 'on') return true;
  if (text === '0' || text === 'false' || text === 'off') return false;
  throw new ConfigError(`${name} must be true or false, got ${JSON.stringify(text)}`);
};

const urlOf = (text: string, name: string, isSecret: boolean): string => {
  const shown = isSecret ? 'something else' : JSON.stringify(text);
  if (!URL.canParse(text)) throw new ConfigError(`${name} must be an absolute address, got ${shown}`);
  const { protocol, username, password } = new URL(text);
  const allowed = isSecret ? ['redis:', 'rediss:'] : ['http:', 'https:'];
  if (!allowed.includes(protocol)) {
    throw new ConfigError(
      `${name} must start with ${allowed.map((scheme) => `${scheme}//`).join(' or ')}, got ${shown}`,
    );
  }
  if (!isSecret && (username !== '' || password !== '')) {
    throw new ConfigError(`${name} must not hold a user name or password: set those on their own`);
  }
  return text.replace(/\/+$/, '');
};

const passwordFrom = (file: string | undefined): string | undefined => {
  if (file === undefined) return undefined;
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new ConfigError(`ROLESCOPE_PASSWORD_FILE cannot be read: ${(error as NodeJS.ErrnoException).code}`, {
      cause: error,
    });
  }
};

/** ESET Connect's hosts by region (ESET Connect documentation, "Regions"). An address given by itself wins, an empty one too. */
const addressesOf = (values: SettingValues): UpstreamAddresses | undefined => {
  const { region } = values;
  const host = (service: string): string | undefined => region && `https://${region}.${service}.eset.systems`;
  const baseUrl = values.upstreamUrl ?? host('iam');
  if (baseUrl === undefined) return undefined;
  const iam = host('business-account.iam');
  const others = {
    tokenUrl: values.tokenUrl ?? (iam && `${iam}/oauth/token`),
    // Japan has no user management.
    usersUrl: values.usersUrl ?? (region === 'jpn' ? undefined : host('user-management')),
    devicesUrl: values.devicesUrl ?? host('device-management'),
    policiesUrl: values.policiesUrl ?? host('policy-management'),
  };
  return {
    baseUrl,
    ...Object.fromEntries(Object.entries(others).filter(([, url]) => url !== undefined && url !== '')),
  };
};
