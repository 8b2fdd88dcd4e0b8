import { componentsKey } from '../access/census/scope-keys.ts';
import { keyPart } from '../platform/key-part.ts';
import type { AccessChange, AccessRecord, ChangesFilter } from './record.ts';

/** Changes that are read at a time. */
const pageSize = 1000;

/**
 * What is otherwise after all changes that meet a filter than before: each assignment at most once, by its last change, newest first. What came and went again, or went and
 * came back, is none. Holds one change for each assignment that has changed. Fails as the record does.
 */
export const netChanges = async (
  record: Pick<AccessRecord, 'changes'>,
  filter: ChangesFilter,
): Promise<readonly AccessChange[]> => {
  const last = new Map<string, AccessChange>();
  const sums = new Map<string, number>();
  for (let after: AccessChange['key'] | undefined; ;) {
    const { items } = await record.changes(filter, { from: 'start', count: pageSize, after });
    for (const change of items) {
      const key = assignmentKey(change);
      if (!last.has(key)) last.set(key, change);
      sums.set(key, (sums.get(key) ?? 0) + (change.kind === 'GRANTED' ? 1 : -1));
    }
    if (items.length < pageSize) break;
    after = items.at(-1)?.key;
  }
  return [...last].filter(([key]) => sums.get(key) !== 0).map(([, change]) => change);
};

const assignmentKey = ({ subject, roleName, scope }: AccessChange): string =>
  keyPart(subject.rawType) +
  keyPart(subject.reference) +
  keyPart(roleName) +
  (scope === null ? '*' : `@${componentsKey(scope)}`);
