import { answerError, type Answer } from '../http/answer.ts';
import { canary } from '../http/canary.ts';
import type { Break } from '../http/http-server.ts';
import type { FaultRule } from './faults.ts';

/** What happens on the wire: an answer, whole or broken off in its middle, or none. */
export type Reaction =
  | { readonly answer: Answer; readonly breakOff?: Break }
  | 'reset'
  | 'hang'
  /** The caller went away meanwhile. */
  | 'gone';

const html = `<!DOCTYPE html>
<html><head><title>Error</title></head><body><h1>Something went wrong</h1><p>${canary('errors', 'html', 'page')}</p></body></html>
`;

/** Does what the rule says. `make` gives the real answer, and carries the request out: it is called where the rule has that happen. */
export const applyFault = async (
  rule: FaultRule,
  make: () => Promise<Answer | undefined>,
  note: (note: { fault: string }) => void,
): Promise<Reaction> => {
  note({ fault: nameOf(rule) });
  const own = ownAnswer(rule);
  const isReal = own === undefined && rule.form !== 'reset' && rule.form !== 'hang';
  const made = isReal || rule.lost === 'after' ? await make() : undefined;
  if (rule.form === 'reset' || rule.form === 'hang') return rule.form;
  const answer = own ?? made;
  if (answer === undefined) return 'gone';
  const changed = { ...answer, headers: { ...answer.headers, ...rule.headers } };
  if (rule.form !== 'cut' && rule.form !== 'stall') return { answer: changed };
  return { answer: changed, breakOff: { how: rule.form, afterBytes: bytesBeforeBreak(answer, rule.rows) } };
};

const openBrace = 0x7b;

/** Half of the body, or all of it up to the end of a row of its list. */
const bytesBeforeBreak = ({ body }: Answer, rows: number | undefined): number => {
  const text = Buffer.concat(body.map((part) => Buffer.from(part)));
  if (rows === undefined || text[0] !== openBrace) return Math.floor(text.length / 2);
  const parsed = JSON.parse(text.toString()) as Record<string, unknown>;
  const [field, list] = Object.entries(parsed).find(([, value]) => Array.isArray(value)) ?? [];
  if (field === undefined) return Math.floor(text.length / 2);
  const whole = JSON.stringify({ [field]: (list as unknown[]).slice(0, rows) });
  return Buffer.byteLength(whole.slice(0, -2));
};

const nameOf = ({ form, status, body, takesMs, delayMs, between }: FaultRule): string =>
  form ??
  (status !== undefined
    ? 'status'
    : body !== undefined
      ? 'body'
      : takesMs !== undefined
        ? 'takes'
        : delayMs !== undefined
          ? 'delay'
          : between !== undefined
            ? 'between'
            : 'headers');

const ownAnswer = ({ form, status, body }: FaultRule): Answer | undefined => {
  if (body !== undefined)
    return { status: status ?? 200, headers: { 'content-type': 'application/json' }, body: [body] };
  if (form === 'empty') return { status: status ?? 200, headers: {}, body: [] };
  if (form === 'html')
    return { status: status ?? 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: [html] };
  if (form === 'firewall') {
    return {
      status: status ?? 403,
      headers: { 'content-type': 'text/html; charset=utf-8', 'request-id': '', 'new-header': '' },
      body: [html],
    };
  }
  if (form === 'malformed') {
    return {
      status: status ?? 200,
      headers: { 'content-type': 'application/json' },
      body: ['{"assignments":[{"subjectRef'],
    };
  }
  return status === undefined ? undefined : answerError(status, 'a scripted fault');
};
