import type { SubjectType } from '../../model/subject.ts';
import type { RecordFilter } from '../../record/record.ts';
import { scopeOf, type ScopeInputValue } from '../assignments/inputs.ts';

/** What names assignments in the arguments of everything that reads the record. */
interface RecordArgs {
  readonly subject?: { readonly reference: string; readonly type?: SubjectType | null | undefined } | null | undefined;
  readonly roleName?: string | null | undefined;
  readonly scope?: ScopeInputValue | null | undefined;
}

/** A filter of the record from arguments. Throws `BAD_USER_INPUT` as `scopeOf` does. */
export const recordFilterOf = ({ subject, roleName, scope }: RecordArgs): RecordFilter => ({
  ...(subject && {
    subject: { reference: subject.reference, ...(subject.type && { type: subject.type }) },
  }),
  ...(typeof roleName === 'string' && { roleName }),
  ...(scope && { scope: scopeOf(scope).components.map(({ field, uuid }) => ({ field, uuid })) }),
});
