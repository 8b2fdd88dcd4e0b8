import { faultForms, type FaultRule } from '../core/faults.ts';
import { readInput, SandboxInputError } from './input.ts';
import type { SettingsInput } from '../core/settings.ts';
import { readFault, readSettings } from './settings-input.ts';

/** The sandbox's flags as they stand on a command line. What is left out keeps its default. */
export interface SandboxFlags {
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
  /** Such as `status=503,count=3`, `reset,probability=0.05`, or a JSON object. */
  readonly faults?: readonly string[] | undefined;
}

/** Reads the flags. Throws a `SandboxInputError` whose message starts with the name of the flag, in one line. */
export const parseSandboxFlags = (flags: SandboxFlags): SettingsInput & { readonly faults: FaultRule[] } => {
  const setting = (
    name: string,
    field: keyof SettingsInput,
    text: string | undefined,
    convert: (text: string) => unknown,
  ): SettingsInput =>
    text === undefined ? {} : named(name, () => readInput({ [field]: convert(text) }, readSettings));
  const orOff = (text: string): unknown => (text === 'off' ? false : scalar(text));
  return {
    ...setting('rate-limit', 'rateLimit', flags.rateLimit, orOff),
    ...setting('retry-after', 'retryAfterSeconds', flags.retryAfter, orOff),
    ...setting('fair-use', 'fairUse', flags.fairUse, (text) =>
      text === 'on' ? true : text === 'off' ? false : pairs(text),
    ),
    ...setting('pending', 'pending', flags.pending, (text) => (text.includes('=') ? pairs(text) : text)),
    ...setting('page-shape', 'pageShape', flags.pageShape, (text) =>
      /^\d+$/.test(text) ? { seed: Number(text) } : text,
    ),
    faults: (flags.faults ?? []).map(parseFault),
  };
};

/**
 * Reads one scripted fault: a JSON object with the fields of `FaultRule`, or pairs such as `status=429,header.retry-after=2`,
 * where a form stands alone (`reset,count=1`). Throws a `SandboxInputError`.
 */
export const parseFault = (text: string): FaultRule =>
  named('fault', () => readInput(text.trimStart().startsWith('{') ? parseJson(text) : faultPairs(text), readFault));

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
