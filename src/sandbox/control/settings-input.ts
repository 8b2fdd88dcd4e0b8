import { faultForms, type FaultRule, type OtherWrite } from '../core/faults.ts';
import { subjectTypes } from '../world/world.ts';
import { readScope } from './accounts-input.ts';
import { domains } from '../core/domain.ts';
import { readings } from '../core/readings.ts';
import { present, type Input } from './input.ts';
import type { FairUse, PendingTimes, pendingTimes, Settings, SettingsInput } from '../core/settings.ts';

const longestMs = 365 * 24 * 3_600_000;
const times = (input: Input): number => input.number(0, longestMs);
const offOr = (input: Input, min: number, max: number): number | false =>
  input.value === false ? false : input.number(min, max, 'any');

/** Reads settings as the control interface and the flags give them. */
export const readSettings = (input: Input): SettingsInput => {
  const names = Object.keys(readings) as (keyof typeof readings)[];
  const fields = input.fields([
    ...names,
    'rateLimit',
    'rateLimitBy',
    'retryAfterSeconds',
    'fairUse',
    'pending',
    'pageShape',
    'totalSize',
    'visibleAfterMs',
    'tokenLifetimeMs',
    'refreshTokenLifetimeMs',
    'pageTokenLifetimeMs',
  ]);
  return present({
    ...(Object.fromEntries(
      names.map((name) => [
        name,
        fields[name].optional((value) => value.oneOf<string | number | boolean>(readings[name])),
      ]),
    ) as SettingsInput),
    rateLimitBy: fields.rateLimitBy.optional((by) => by.oneOf(['user', 'address'])),
    rateLimit: fields.rateLimit.optional((limit) => offOr(limit, 1, 1_000_000)),
    retryAfterSeconds: fields.retryAfterSeconds.optional((seconds) => offOr(seconds, 0, 86_400)),
    fairUse: fields.fairUse.optional(readFairUse),
    pending: fields.pending.optional(readPending),
    pageShape: fields.pageShape.optional(readPageShape),
    totalSize: fields.totalSize.optional(readTotalSize),
    visibleAfterMs: fields.visibleAfterMs.optional(times),
    tokenLifetimeMs: fields.tokenLifetimeMs.optional(times),
    refreshTokenLifetimeMs: fields.refreshTokenLifetimeMs.optional(times),
    pageTokenLifetimeMs: fields.pageTokenLifetimeMs.optional(times),
  });
};

/** Reads one scripted fault. */
export const readFault = (input: Input): FaultRule => {
  const fields = input.fields([
    'domain',
    'method',
    'path',
    'user',
    'query',
    'poll',
    'skip',
    'count',
    'probability',
    'status',
    'form',
    'headers',
    'body',
    'delayMs',
    'takesMs',
    'rows',
    'lost',
    'between',
  ]);
  const rule: FaultRule = present({
    domain: fields.domain.optional((domain) => domain.oneOf(domains)),
    method: fields.method.optional((method) => method.text()),
    path: fields.path.optional((path) => path.text()),
    user: fields.user.optional((user) => user.text()),
    query: fields.query.optional((query) => query.text()),
    poll: fields.poll.optional((poll) => poll.flag()),
    skip: fields.skip.optional((skip) => skip.number(0, 1e9)),
    count: fields.count.optional((count) => count.number(1, 1e9)),
    probability: fields.probability.optional((probability) => probability.number(0, 1, 'any')),
    status: fields.status.optional((status) => status.number(200, 599)),
    form: fields.form.optional((form) => form.oneOf(faultForms)),
    headers: fields.headers.optional(readHeaders),
    body: fields.body.optional((body) => body.text(1_000_000, 0)),
    delayMs: fields.delayMs.optional(times),
    takesMs: fields.takesMs.optional(times),
    rows: fields.rows.optional((rows) => rows.number(0, 1e6)),
    lost: fields.lost.optional((lost) => lost.oneOf(['before', 'after'])),
    between: fields.between.optional(readOtherWrite),
  });
  const { status, form, headers, body, delayMs, takesMs, between } = rule;
  if ([status, form, headers, body, delayMs, takesMs, between].every((effect) => effect === undefined)) {
    input.problem(
      'says what to match but not what to do: add status, form, headers, body, delayMs, takesMs or between',
    );
  }
  return rule;
};

const readOtherWrite = (input: Input): OtherWrite => {
  const fields = input.fields(['change', 'subjectReference', 'subjectType', 'roleName', 'scopes']);
  return {
    change: fields.change.oneOf(['assign', 'revoke']),
    subjectReference: fields.subjectReference.text(100),
    roleName: fields.roleName.text(),
    ...present({
      subjectType: fields.subjectType.optional((type) => type.oneOf(subjectTypes)),
      scopes: fields.scopes.optional((list) => list.items().map((scope) => readScope(scope))),
    }),
  };
};

const readHeaders = (input: Input): Record<string, string> =>
  Object.fromEntries(
    input.entries().map(([name, value]) => {
      const text = value.text(1000, 0);
      if (!/^[A-Za-z0-9-]+$/.test(name)) value.problem('not the name of a header');
      if (/[^\t\x20-\x7e]/.test(text)) value.problem('has a character that no header may have');
      return [name.toLowerCase(), text];
    }),
  );

const readFairUse = (input: Input): boolean | Partial<FairUse> => {
  if (typeof input.value === 'boolean') return input.value;
  const { burst, perSecond, backlog } = input.fields(['burst', 'perSecond', 'backlog']);
  return present({
    burst: burst.optional((calls) => calls.number(0, 1e9)),
    perSecond: perSecond.optional((calls) => calls.number(0.001, 1e6, 'any')),
    backlog: backlog.optional((calls) => calls.number(0, 1e9)),
  });
};

const readPending = (input: Input): keyof typeof pendingTimes | Partial<PendingTimes> => {
  if (typeof input.value === 'string') return input.oneOf(['newer', 'older', 'immediate']);
  const fields = input.fields(['acceptAfterMs', 'giveUpAfterMs', 'keepMs', 'takesMs']);
  return present({
    acceptAfterMs: fields.acceptAfterMs.optional(times),
    giveUpAfterMs: fields.giveUpAfterMs.optional(times),
    keepMs: fields.keepMs.optional(times),
    takesMs: fields.takesMs.optional(times),
  });
};

const readPageShape = (input: Input): Settings['pageShape'] =>
  typeof input.value === 'string'
    ? input.oneOf(['full', 'stuck'])
    : { seed: input.fields(['seed']).seed.number(0, 2 ** 32 - 1) };

const readTotalSize = (input: Input): Settings['totalSize'] => {
  if (typeof input.value === 'string') return input.oneOf(['string', 'number', 'omitted']);
  const { value } = input.fields(['value']);
  return { value: typeof value.value === 'number' ? value.number(-(2 ** 53), 2 ** 53, 'any') : value.text(100, 0) };
};
