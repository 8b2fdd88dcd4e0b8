import { createScope, kindOfScopeField, type Scope, subjectTypeOf } from '../../model/subject.ts';
import type { StoredComponent } from '../database/tables.ts';
import type { RecordedSubject } from '../record.ts';
import { stored } from '../storable-text.ts';

/** Columns that every list of the record reads. */
export interface AssignmentRow {
  readonly id: number;
  readonly reference: string;
  readonly raw_type: string;
  readonly role_name: string;
  /** Null: everywhere. */
  readonly components: readonly StoredComponent[] | null;
}

export const subjectOf = (row: AssignmentRow): RecordedSubject => {
  const rawType = stored(row.raw_type);
  return { reference: stored(row.reference), type: subjectTypeOf(rawType), rawType };
};

export const scopeOf = ({ components }: Pick<AssignmentRow, 'components'>): Scope | null =>
  components &&
  createScope(
    components.map((component) => {
      const field = stored(component.field);
      return { kind: kindOfScopeField(field), field, uuid: stored(component.uuid) };
    }),
  );
