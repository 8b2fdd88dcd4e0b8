import { domains, type Domain } from '../core/domain.ts';
import { faultForms, type FaultRule } from '../core/faults/faults.ts';
import type { SettingsInput } from '../core/settings.ts';
import { SandboxInputError } from '../input/input-error.ts';

/** The sandbox's flags as they stand on a command line. What is left out keeps its default. */
interface SandboxFlags {
  /** Calls a second and API user, or `off`. */
  readonly rateLimit?: string | undefined;
  /** Seconds that a 429 or 503 of the limits names, or `off`. */
  readonly retryAfter?: string | undefined;
  /** `on`, `off`, or such as `burst=100,perSecond=2,backlog=10`. */
  readonly fairUse?: string | undefined;
  /** `newer`, `older`, `immediate`, or such as `acceptAfterMs=0,takesMs=5000`. */
  readonly pending?: string | undefined;
  /** `full`, `stuck`, or the seed of short and empty pages. */
  readonly pageShape?: string | undefined;
  /** Such as `revokeLastScope=global`; several at once with commas between. */
  readonly readings?: readonly string[] | undefined;
  /** Domains that the region does not have. */
  readonly absent?: readonly string[] | undefined;
  /** Such as `status=503,count=3`, `reset,probability=0.05`, or a JSON object. */
  readonly faults?: readonly string[] | undefined;
}

/** What the flags say, as options of a sandbox. */
interface FlagOptions extends SettingsInput {
  readonly faults: readonly FaultRule[];
  readonly absent?: readonly Domain[];
}

/** Reads the flags. Fails with a `SandboxInputError` whose message starts with the name of the flag, in one line. */
export const parseSandboxFlags = async (flags: SandboxFlags): Promise<FlagOptions> => {
  const given: SettingsInput[] = [];
  const read = async (flag: string, text: string | undefined, settingsOf: (text: string) => object): Promise<void> => {
    if (text === undefined) return;
    const { readInput, settings } = await loadSchemas();
    given.push(named(flag, () => readInput(settings, settingsOf(text))));
  };
  const orOff = (text: string): unknown => (text === 'off' ? false : scalar(text));
  await read('rate-limit', flags.rateLimit, (text) => ({ rateLimit: orOff(text) }));
  await read('retry-after', flags.retryAfter, (text) => ({ retryAfterSeconds: orOff(text) }));
  await read('fair-use', flags.fairUse, (text) => ({
    fairUse: text === 'on' ? true : text === 'off' ? false : pairs(text),
  }));
  await read('pending', flags.pending, (text) => ({ pending: text.includes('=') ? pairs(text) : text }));
  await read('page-shape', flags.pageShape, (text) => ({
    pageShape: /^\d+$/.test(text) ? { seed: Number(text) } : text,
  }));
  for (const reading of flags.readings ?? []) await read('reading', reading, pairs);
  const faults: FaultRule[] = [];
  for (const fault of flags.faults ?? []) faults.push(await parseFault(fault));
  const absent = (flags.absent ?? []).map(readDomain);
  return Object.assign({ faults, ...(absent.length === 0 ? {} : { absent }) }, ...given) as FlagOptions;
};

// Checking takes a library that a start without flags does not need.
const loadSchemas = async () => {
  const [{ readInput }, { fault, settings }] = await Promise.all([
    import('../input/input.ts'),
    import('./settings-input.ts'),
  ]);
  return { readInput, fault, settings };
};

const readDomain = (name: string): Domain => {
  const domain = domains.find((domain) => domain === name);
  if (domain !== undefined && domain !== 'identity') return domain;
  throw new SandboxInputError([`--sandbox-absent: expected one of users, devices, policies, got "${name}"`]);
};

/**
 * Reads one scripted fault: a JSON object with the fields of `FaultRule`, or pairs such as `status=429,header.retry-after=2`,
 * where a form stands alone (`reset,count=1`). Fails with a `SandboxInputError`.
 */
export const parseFault = async (text: string): Promise<FaultRule> => {
  const { readInput, fault } = await loadSchemas();
  return named('fault', () => readInput(fault, text.trimStart().startsWith('{') ? parseJson(text) : faultPairs(text)));
};

const faultPairs = (text: string): Record<string, unknown> => {
  const forms = text.split(',').filter((part) => (faultForms as readonly string[]).includes(part.trim()));
  const rest = text.split(',').filter((part) => !(faultForms as readonly string[]).includes(part.trim()));
  const fields = pairs(rest.join());
  const headers: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith('header.')) continue;
    headers[name.slice('header.'.length)] = String(value);
    delete fields[name];
  }
  if (forms.length > 1) throw new SandboxInputError([`only one of ${forms.join(', ')} can happen`]);
  return {
    ...fields,
    ...(forms[0] === undefined ? {} : { form: forms[0].trim() }),
    ...(Object.keys(headers).length === 0 ? {} : { headers }),
  };
};

/** `a=1,b=x` as an object; numbers and truth values are recognised. */
const pairs = (text: string): Record<string, unknown> => {
  const fields: Record<string, unknown> = {};
  for (const part of text.split(',')) {
    if (part.trim() === '') continue;
    const [name = '', ...value] = part.split('=');
    if (value.length === 0) throw new SandboxInputError([`"${part.trim()}" is not a pair such as status=503`]);
    fields[name.trim()] = scalar(value.join('=').trim());
  }
  return fields;
};

const scalar = (text: string): unknown => {
  if (text === 'true' || text === 'false') return text === 'true';
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : text;
};

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new SandboxInputError(['not valid JSON']);
  }
};

/** `flag`: its name without `--sandbox-`, which it needs: the gateway has a `--rate-limit` of its own. */
const named = <Result>(flag: string, read: () => Result): Result => {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof SandboxInputError)) throw error;
    throw new SandboxInputError([`--sandbox-${flag}: ${error.problems.join('; ')}`]);
  }
};
