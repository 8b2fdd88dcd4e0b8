import { exactOptional, lazy, pipe, rawCheck, transform, type GenericSchema } from 'valibot';
import { domains } from '../core/domain.ts';
import { faultForms, type FaultRule } from '../core/faults/faults.ts';
import { readings } from '../core/readings.ts';
import type { SettingsInput } from '../core/settings.ts';
import { scopeFields, subjectTypes } from '../world/world.ts';
import { fields, flag, integer, listOf, number, oneOf, text, textsByName } from '../input/input.ts';

const time = integer(0, 365 * 24 * 3_600_000);
const calls = integer(0, 1e9);
const offOr = (min: number, max: number) => lazy((input) => (input === false ? oneOf([false]) : number(min, max)));

const readingInputs = Object.fromEntries(
  Object.entries(readings).map(([name, values]) => [name, exactOptional(oneOf<string | number | boolean>(values))]),
);

/** Settings as the control interface and the flags give them. */
export const settings: GenericSchema<unknown, SettingsInput> = pipe(
  fields({
    ...readingInputs,
    rateLimit: exactOptional(offOr(1, 1_000_000)),
    rateLimitBy: exactOptional(oneOf(['user', 'address'])),
    retryAfterSeconds: exactOptional(offOr(0, 86_400)),
    fairUse: exactOptional(
      lazy((input) =>
        typeof input === 'boolean'
          ? flag()
          : fields({
              burst: exactOptional(calls),
              perSecond: exactOptional(number(0.001, 1e6)),
              backlog: exactOptional(calls),
            }),
      ),
    ),
    pending: exactOptional(
      lazy((input) =>
        typeof input === 'string'
          ? oneOf(['newer', 'older', 'immediate'])
          : fields({
              acceptAfterMs: exactOptional(time),
              giveUpAfterMs: exactOptional(time),
              keepMs: exactOptional(time),
              takesMs: exactOptional(time),
            }),
      ),
    ),
    pageShape: exactOptional(
      lazy((input) =>
        typeof input === 'string' ? oneOf(['full', 'stuck']) : fields({ seed: integer(0, 2 ** 32 - 1) }),
      ),
    ),
    totalSize: exactOptional(
      lazy((input) =>
        typeof input === 'string'
          ? oneOf(['string', 'number', 'omitted'])
          : fields({
              value: lazy((value) => (typeof value === 'number' ? number(-(2 ** 53), 2 ** 53) : text(100, 0))),
            }),
      ),
    ),
    visibleAfterMs: exactOptional(time),
    tokenLifetimeMs: exactOptional(time),
    refreshTokenLifetimeMs: exactOptional(time),
    pageTokenLifetimeMs: exactOptional(time),
  }),
  transform((input) => input as SettingsInput),
);

const scope = fields(Object.fromEntries(scopeFields.map((name) => [name, exactOptional(text(100, 0))])));

const headers = pipe(
  textsByName(text(1000, 0)),
  rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    for (const [key, value] of Object.entries(dataset.value)) {
      const path = [{ type: 'object', origin: 'value', input: dataset.value, key, value }] as const;
      if (!/^[A-Za-z0-9-]+$/.test(key)) addIssue({ message: 'not the name of a header', path: [...path] });
      if (/[^\t\x20-\x7e]/.test(value))
        addIssue({ message: 'has a character that no header may have', path: [...path] });
    }
  }),
  transform((texts) => Object.fromEntries(Object.entries(texts).map(([name, value]) => [name.toLowerCase(), value]))),
);

const conditions = {
  domain: exactOptional(oneOf(domains)),
  method: exactOptional(text()),
  path: exactOptional(text()),
  user: exactOptional(text()),
  query: exactOptional(text()),
  poll: exactOptional(flag()),
  skip: exactOptional(calls),
  count: exactOptional(integer(1, 1e9)),
  probability: exactOptional(number(0, 1)),
};

const effects = {
  status: exactOptional(integer(200, 599)),
  form: exactOptional(oneOf(faultForms)),
  headers: exactOptional(headers),
  body: exactOptional(text(1_000_000, 0)),
  delayMs: exactOptional(time),
  takesMs: exactOptional(time),
  between: exactOptional(
    fields({
      change: oneOf(['assign', 'revoke']),
      subjectReference: text(100),
      subjectType: exactOptional(oneOf(subjectTypes)),
      roleName: text(),
      scopes: exactOptional(listOf(scope)),
    }),
  ),
};

/** One scripted fault. */
export const fault: GenericSchema<unknown, FaultRule> = pipe(
  fields({
    ...conditions,
    ...effects,
    rows: exactOptional(integer(0, 1e6)),
    lost: exactOptional(oneOf(['before', 'after'])),
  }),
  rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const rule: object = dataset.value;
    if (Object.keys(effects).some((name) => Object.hasOwn(rule, name))) return;
    addIssue({
      message: `says what to match but not what to do: add ${Object.keys(effects).join(', ')}`.replace(
        /, (\w+)$/,
        ' or $1',
      ),
    });
  }),
);
