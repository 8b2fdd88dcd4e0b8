import { answerText, type Answer } from '../http/answer.ts';
import { canary } from '../http/canary.ts';
import { Problem } from '../problem.ts';
import type { Call, List } from '../route.ts';
import type { Settings } from '../settings.ts';
import { cutPage } from './page-shape.ts';
import type { PageTokens } from './page-tokens.ts';

/** A page of a list. Its token is bound to the caller, the path and every argument but the page size. Throws a `Problem` for a wrong token. */
export const answerPage = (list: List, call: Call, tokens: PageTokens): Answer => {
  const { args, settings, nowMs } = call;
  const question = JSON.stringify([call.user.reference, call.path, list.question ?? args.canonical()]);
  const start =
    args.pageToken === ''
      ? { offset: 0, step: 0 }
      : tokens.read(args.pageToken, question, settings.pageTokenLifetimeMs, nowMs);
  if (typeof start === 'string') throw new Problem(400, start);
  const { count, next } = cutPage(start, args.pageSize, list.size, settings.pageShape);
  const rows = list.rows(start.offset, start.offset + count);
  call.note({ rows: count });
  // The next page begins with the last row of this one. A page of one row cannot, or the walk would never end.
  const repeats = list.mayRepeatRows === true && settings.repeatsRows && count > 1 ? 1 : 0;

  const isStuck = settings.pageShape === 'stuck' && args.pageToken !== '';
  const nextPageToken = isStuck
    ? args.pageToken
    : next === undefined
      ? ''
      : tokens.issue({ ...next, offset: next.offset - repeats }, question, nowMs);
  const total = list.hasTotalSize === true ? writeTotalSize(list.size, settings.totalSize) : '';
  return answerText([
    `{"${list.field}":`,
    ...[rows].flat(),
    `,"nextPageToken":"${nextPageToken}"${total},"newField":"${canary(call.domain, 'newField', 'page')}"}`,
  ]);
};

const writeTotalSize = (total: number, form: Settings['totalSize']): string => {
  if (form === 'omitted') return '';
  return `,"totalSize":${JSON.stringify(form === 'string' ? String(total) : form === 'number' ? total : form.value)}`;
};
