import type { RoleAssignment } from '../../../wire/identity.ts';
import { answerError, answerText, type Answer } from '../../core/answer.ts';
import { createByteCache } from '../../byte-cache.ts';
import { createNesting } from '../../world/scope-expansion.ts';
import { createSorter, orderKey, parseOrderBy, type OrderTerm } from './order.ts';
import { cutPage } from '../../core/list/page-shape.ts';
import { createPageTokens } from '../../core/list/page-tokens.ts';
import type { Settings } from '../../core/settings.ts';
import { createViews, type View } from '../../world/visibility.ts';
import { unspecifiedType, type Place, type World } from '../../world/world.ts';

/** One call of `GET /v2/role-assignments`, by a caller that may make it. */
export interface ListCall {
  readonly query: URLSearchParams;
  /** Who asks: page tokens are bound to it. */
  readonly reference: string;
  readonly places: 'all' | readonly Place[];
  readonly settings: Settings;
  readonly nowMs: number;
}

interface ListArguments {
  readonly includeNestedScopes: boolean;
  readonly subjectReference: string;
  readonly subjectType: string;
  readonly pageSize: number;
  readonly pageToken: string;
  readonly order: readonly OrderTerm[];
}

/** The subject types that upstream documents. */
export const subjectTypes: readonly string[] = [
  unspecifiedType,
  'SUBJECT_TYPE_USER',
  'SUBJECT_TYPE_DEVICE',
  'SUBJECT_TYPE_USER_GROUP',
  'SUBJECT_TYPE_MANAGED_IDENTITY',
  'SUBJECT_TYPE_SERVICE',
];
const parameters: readonly string[] = [
  'includeNestedScopes',
  'subjectReference',
  'subjectType',
  'pageSize',
  'pageToken',
  'orderBy',
];
const bounds = { reference: 100, orderBy: 100, pageToken: 128, pageSize: 99_999, servedPageSize: 1000 };
const defaultPageSize = 50;
/** Bytes of finished lists that are kept, so that making them never limits a benchmark. */
const maxKeptBytes = 96 * 1024 * 1024;

/** Answers `GET /v2/role-assignments` over a world. */
export const createRoleAssignments = (world: World, key: Buffer): ((call: ListCall) => Answer) => {
  const viewOf = createViews(world);
  const sort = createSorter(world);
  const tokens = createPageTokens(key);
  const kept = createByteCache(maxKeptBytes);

  const expand = createNesting(world);

  const write = (view: View, indices: Iterable<number>, includeNestedScopes: boolean): string => {
    const entries: RoleAssignment[] = [];
    for (const index of indices) {
      const entry = view.assignmentAt(index);
      if (entry !== undefined) entries.push(includeNestedScopes ? expand(entry) : entry);
    }
    return JSON.stringify(entries);
  };

  return ({ query, reference, places, settings, nowMs }) => {
    const args = readArguments(query);
    if (typeof args === 'string') return answerError(400, args);
    const { order, includeNestedScopes, subjectReference } = args;
    // Canonical: equal only for calls of one caller with the same arguments, whatever page and page size they ask for.
    const question = JSON.stringify([
      reference,
      subjectReference,
      args.subjectType,
      includeNestedScopes,
      orderKey(order),
    ]);
    const start =
      args.pageToken === ''
        ? { offset: 0, step: 0 }
        : tokens.read(args.pageToken, question, settings.pageTokenLifetimeMs, nowMs);
    if (typeof start === 'string') return answerError(400, start);

    const view = viewOf(places);
    const single = subjectReference === '' ? undefined : singleList(world, view, args);
    const total = single?.length ?? view.size;
    const { count, next } = cutPage(start, args.pageSize, total, settings.pageShape);
    const end = start.offset + count;
    const indices = function* (): Generator<number> {
      const list = single ?? sort(view, order);
      for (let i = start.offset; i < end; i++) yield list?.[i] ?? i;
    };
    const list =
      single === undefined
        ? kept.get(`${includeNestedScopes} ${start.offset} ${count} ${orderKey(order)} ${view.id}`, () =>
            Buffer.from(write(view, indices(), includeNestedScopes)),
          )
        : write(view, indices(), includeNestedScopes);

    const isStuck = settings.pageShape === 'stuck' && args.pageToken !== '';
    const nextPageToken = isStuck ? args.pageToken : next === undefined ? '' : tokens.issue(next, question, nowMs);
    const tail = `,"nextPageToken":"${nextPageToken}"${writeTotalSize(total, settings.totalSize)}}`;
    return answerText(['{"assignments":', list, tail]);
  };
};

/** The visible entries of one subject. A type that is unspecified asks for any. */
const singleList = (world: World, view: View, { subjectReference, subjectType, order }: ListArguments): number[] => {
  const list = world.indicesOf(subjectReference).filter((index) => {
    const type = view.assignmentAt(index)?.subjectType ?? unspecifiedType;
    const isVisible = view.indices === undefined || view.assignmentAt(index) !== undefined;
    return isVisible && (subjectType === '' || subjectType === unspecifiedType || subjectType === type);
  });
  const byType = order.find((term) => term.field === 'subjectType');
  if (byType === undefined || list.length < 2) return list;
  const ranks = world.ranksBy('subjectType');
  const sign = byType.isDescending ? -1 : 1;
  return list.toSorted((a, b) => ((ranks[a] as number) - (ranks[b] as number)) * sign);
};

const writeTotalSize = (total: number, form: Settings['totalSize']): string => {
  if (form === 'omitted') return '';
  return `,"totalSize":${JSON.stringify(form === 'string' ? String(total) : form === 'number' ? total : form.value)}`;
};

/** Reads the query parameters strictly. Answers a sentence where one is wrong. */
const readArguments = (query: URLSearchParams): ListArguments | string => {
  const given = new Map<string, string>();
  for (const [name, value] of query) {
    if (!parameters.includes(name)) return `unknown query parameter "${name.slice(0, 50)}"`;
    if (given.has(name)) return `query parameter "${name}" is given more than once`;
    given.set(name, value);
  }
  const text = (name: string): string => given.get(name) ?? '';

  const nested = text('includeNestedScopes');
  if (!['', 'true', 'false'].includes(nested)) return 'include_nested_scopes is neither true nor false';
  const subjectReference = text('subjectReference');
  if (subjectReference.length > bounds.reference)
    return `subject_reference is longer than ${bounds.reference} characters`;
  const subjectType = text('subjectType');
  if (subjectType !== '' && !subjectTypes.includes(subjectType))
    return 'subject_type is not the name of a subject type';
  const size = text('pageSize');
  if (!/^(?:-?\d+)?$/.test(size)) return 'page_size is not an integer';
  const asked = Number(size);
  if (asked < 0) return 'page_size is negative';
  if (asked > bounds.pageSize) return `page_size is larger than ${bounds.pageSize}`;
  const pageToken = text('pageToken');
  if (pageToken.length > bounds.pageToken) return `page_token is longer than ${bounds.pageToken} characters`;
  const orderBy = text('orderBy');
  if (orderBy.length > bounds.orderBy) return `order_by is longer than ${bounds.orderBy} characters`;
  const order = parseOrderBy(orderBy);
  if (typeof order === 'string') return order;
  return {
    includeNestedScopes: nested === 'true',
    subjectReference,
    subjectType,
    pageSize: asked === 0 ? defaultPageSize : Math.min(asked, bounds.servedPageSize),
    pageToken,
    order,
  };
};
