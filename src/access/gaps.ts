import type { Unresolved } from '../directory/resolved.ts';
import type { PathEnd } from '../directory/scope-path.ts';

/** What could not be told, so that an answer may lack something. */
const accessGaps = [
  'MEMBERS_FORBIDDEN',
  'MEMBERS_UNAVAILABLE',
  'HIERARCHY_FORBIDDEN',
  'HIERARCHY_UNAVAILABLE',
  'NO_HIERARCHY',
  'UNIDENTIFIED_ANCESTOR',
] as const;

export type AccessGap = (typeof accessGaps)[number];

/** What is missing where members cannot be read. A user or group that the directory does not know has none to miss. */
export const gapOfMembers = (resolution: Unresolved): AccessGap | undefined => {
  if (resolution === 'FORBIDDEN') return 'MEMBERS_FORBIDDEN';
  return resolution === 'UNAVAILABLE' ? 'MEMBERS_UNAVAILABLE' : undefined;
};

/** What is missing where the tree cannot be read. */
export const gapOfHierarchy = (resolution: Unresolved): AccessGap =>
  resolution === 'FORBIDDEN' ? 'HIERARCHY_FORBIDDEN' : 'HIERARCHY_UNAVAILABLE';

/** What is missing above where a path ends. */
export const gapOfEnd = (end: PathEnd): AccessGap | undefined => {
  if (end === 'ROOT') return undefined;
  return end === 'NO_HIERARCHY' ? 'NO_HIERARCHY' : 'HIERARCHY_UNAVAILABLE';
};

/** Each once, in the order of `accessGaps`. */
export const sortedGaps = (gaps: Iterable<AccessGap | undefined>): readonly AccessGap[] => {
  const found = new Set(gaps);
  return accessGaps.filter((gap) => found.has(gap));
};
