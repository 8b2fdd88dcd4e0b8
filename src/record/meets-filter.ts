import type { AccessChange, RecordFilter } from './record.ts';
import { storable, stored } from './storable-text.ts';

/** Whether a change is of an assignment that a filter asks for: what the database answers for the same filter. */
export const meetsFilter = (
  { subject, roleName, scope }: Pick<AccessChange, 'subject' | 'roleName' | 'scope'>,
  filter: RecordFilter,
): boolean => {
  if (filter.roleName !== undefined && asStored(filter.roleName) !== roleName) return false;
  const wanted = filter.subject;
  if (wanted !== undefined) {
    if (asStored(wanted.reference) !== subject.reference) return false;
    if (wanted.type !== undefined && wanted.type !== subject.type) return false;
    if (wanted.rawType !== undefined && asStored(wanted.rawType) !== subject.rawType) return false;
  }
  if (filter.scope === undefined) return true;
  if (scope === null) return false;
  if (filter.scope.length === 0) return scope.components.length === 0;
  return filter.scope.every(({ field, uuid }) =>
    scope.components.some((component) => component.field === asStored(field) && component.uuid === asStored(uuid)),
  );
};

/** As what is told of has it: what was too long has been cut. */
const asStored = (text: string): string => stored(storable(text));
