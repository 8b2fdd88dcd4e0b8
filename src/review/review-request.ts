import type { RoleFilter } from '../assignments/assignments.ts';
import type { SubjectType } from '../model/subject.ts';

/** `csv`: a row for each assignment, for spreadsheets. `ndjson`: a line of JSON for each subject, whole, for programs and for comparing. */
export const reviewFormats = ['csv', 'ndjson'] as const;

export type ReviewFormat = (typeof reviewFormats)[number];

/** Which assignments are meant. Everything that is set has to be met. */
export interface ReviewFilter {
  readonly type?: SubjectType;
  /** Met by one and the same role, as in the graph. */
  readonly role?: Pick<RoleFilter, 'name' | 'scopes' | 'includeGlobal' | 'isGlobal'>;
  /** In a subject's name, one of its e-mail addresses or its reference, without case and accents, as the list of subjects looks for it. */
  readonly text?: string;
}

/** What is written, and how. Equal requests over equal data give equal bytes. */
export interface ReviewRequest {
  readonly format: ReviewFormat;
  readonly filter: ReviewFilter;
  /** False: no name is looked up, and the columns of names are empty. */
  readonly names: boolean;
  /** True: after each row of a group, one for each of its members. For csv only. */
  readonly effective: boolean;
  /** True: cells that a spreadsheet would run are written as they are. ndjson always is. */
  readonly raw: boolean;
  /** When it was begun, as in RFC 3339. Absent: not told. */
  readonly asOf?: string;
}
