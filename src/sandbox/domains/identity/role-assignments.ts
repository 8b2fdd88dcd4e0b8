import { LRUCache } from 'lru-cache';
import type { RoleAssignment } from '../../../wire/identity.ts';
import type { ApiRoute } from '../../core/route.ts';
import { createScopeExpansion } from '../../world/scope-expansion.ts';
import { createViews, type View } from '../../world/visibility.ts';
import { subjectTypes, unspecifiedType, type World } from '../../world/world.ts';
import type { WritableWorld, WrittenWorld } from '../../world/written-world.ts';
import { createSorter, orderKey, parseOrderBy, type OrderTerm } from './order.ts';

/** What reads one version of the world. */
interface Reader {
  readonly viewOf: ReturnType<typeof createViews>;
  readonly sort: ReturnType<typeof createSorter>;
}

/** Bytes of finished lists that are kept, so that making them never limits a benchmark. */
const maxKeptBytes = 96 * 1024 * 1024;

/** `GET /v2/role-assignments` over a world that was written to. Scopes are nested as in the world itself. */
export const createListRoleAssignments = (base: World, written: WritableWorld): ApiRoute => {
  const readers = new WeakMap<WrittenWorld, Reader>();
  const readerOf = (world: WrittenWorld): Reader => {
    const reader = readers.get(world) ?? { viewOf: createViews(world), sort: createSorter(world) };
    readers.set(world, reader);
    return reader;
  };
  const kept = new LRUCache<string, Buffer>({ maxSize: maxKeptBytes, sizeCalculation: ({ length }) => length });
  const expand = createScopeExpansion(base);

  const write = (view: View, indices: Iterable<number>, includeNestedScopes: boolean): string => {
    const entries: RoleAssignment[] = [];
    for (const index of indices) {
      const entry = view.assignmentAt(index);
      if (entry !== undefined) entries.push(includeNestedScopes ? expand(entry) : entry);
    }
    return JSON.stringify(entries);
  };

  const keep = (key: string, make: () => string): Buffer => {
    const found = kept.get(key);
    if (found !== undefined) return found;
    const made = Buffer.from(make());
    kept.set(key, made);
    return made;
  };

  return {
    method: 'GET',
    path: '/v2/role-assignments',
    functionality: 'role-assignments.read',
    parameters: {
      includeNestedScopes: { kind: 'flag' },
      subjectReference: { kind: 'text' },
      subjectType: { kind: 'enum', names: subjectTypes },
      orderBy: { kind: 'text' },
    },
    list({ args, places, nowMs }) {
      const order = parseOrderBy(args.text('orderBy'));
      const includeNestedScopes = args.flag('includeNestedScopes') === true;
      const subjectReference = args.text('subjectReference');
      const subjectType = args.text('subjectType');
      const world = written.at(nowMs);
      const { viewOf, sort } = readerOf(world);
      const view = viewOf(places);
      const single =
        subjectReference === '' ? undefined : singleList(world, view, { subjectReference, subjectType, order });
      const indices = function* (from: number, to: number): Generator<number> {
        const list = single ?? sort(view, order);
        for (let i = from; i < to; i++) yield list?.[i] ?? i;
      };
      return {
        field: 'assignments',
        size: single?.length ?? view.size,
        hasTotalSize: true,
        question: JSON.stringify([subjectReference, subjectType, includeNestedScopes, orderKey(order)]),
        rows: (from, to) =>
          single === undefined
            ? keep(`${world.version} ${includeNestedScopes} ${from} ${to} ${orderKey(order)} ${view.id}`, () =>
                write(view, indices(from, to), includeNestedScopes),
              )
            : write(view, indices(from, to), includeNestedScopes),
      };
    },
  };
};

/** The visible entries of one subject. A type that is unspecified asks for any. */
const singleList = (
  world: World,
  view: View,
  asked: { readonly subjectReference: string; readonly subjectType: string; readonly order: readonly OrderTerm[] },
): number[] => {
  const { subjectReference, subjectType, order } = asked;
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
