import type { Scope, ScopeComponent, ScopedRole, Subject, SubjectType } from '../model/subject.ts';

/** What can look wrong, in the order in which it is listed among findings of one severity. */
export const findingKinds = [
  'GLOBAL_GRANT',
  'BROAD_GRANT',
  'MISSING_SUBJECT',
  'MISSING_SCOPE',
  'REDUNDANT_GRANT',
  'GRANT_THROUGH_UNREADABLE_GROUP',
  'WITHOUT_ROLES',
  'UNKNOWN_KIND',
] as const;

export type FindingKind = (typeof findingKinds)[number];

/** The most severe first. */
export const severities = ['HIGH', 'MEDIUM', 'LOW'] as const;

export type Severity = (typeof severities)[number];

/** Something that somebody should look at. */
export interface Finding {
  readonly kind: FindingKind;
  readonly severity: Severity;
  readonly subject: Subject;
  /** The grant that it is about; null where it is about the subject. */
  readonly scopedRole: ScopedRole | null;
  /** The scope of that grant that it is about. */
  readonly scope: Scope | null;
  /** What already gives a redundant grant: a scope around its own; null for everywhere. */
  readonly because?: Scope | null | undefined;
}

/** How severe a finding is of a subject of that type; of any type, at the most, where none is named. */
export const severityOf = (kind: FindingKind, type: SubjectType | undefined): Severity => {
  switch (kind) {
    case 'GLOBAL_GRANT':
      return type === undefined || type === 'USER' || type === 'USER_GROUP' ? 'HIGH' : 'MEDIUM';
    case 'BROAD_GRANT':
    case 'MISSING_SUBJECT':
    case 'GRANT_THROUGH_UNREADABLE_GROUP':
      return 'MEDIUM';
    default:
      return 'LOW';
  }
};

/** Whether a grant there reaches a whole account, or several. */
export const isBroad = ({ kind }: Pick<Scope, 'kind'>): boolean => kind === 'TENANT' || kind === 'MSP';

/** Whether upstream named the scope by a field that this version does not know, by itself or beside others. */
export const hasUnknownField = ({ components }: Pick<Scope, 'components'>): boolean => components.some(isUnknown);

const isUnknown = ({ kind }: ScopeComponent): boolean => kind === 'UNKNOWN';
