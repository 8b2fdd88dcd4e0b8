import type { Access } from '../access/access.ts';
import type { Assignments } from '../assignments/assignments.ts';
import type { Directory } from '../directory/directory.ts';
import type { ChangeFeed } from '../record/change-feed.ts';
import type { AccessRecord } from '../record/record.ts';
import type { Writes } from '../writes/writes.ts';
import type { Operation } from '../model/operation.ts';

/** What resolvers are given beside their arguments: one operation, and what answers for it. */
export interface GraphContext {
  readonly operation: Operation;
  readonly assignments: Assignments;
  readonly directory: Directory;
  readonly access: Access;
  readonly writes: Writes;
  /** What is recorded, and what is told of it. Absent where nothing is recorded, or not what this caller sees. */
  readonly record?: { readonly record: AccessRecord; readonly feed: ChangeFeed } | undefined;
}
