import type { Operation } from '../../model/operation.ts';
import type { SubjectPageSource } from '../../model/subject-list.ts';
import type { Turns } from '../../platform/turns.ts';
import type { KnownSubjects } from '../../pages/subjects/subjects.ts';
import { sliceBackward } from './backward.ts';
import { readCursor } from '../cursor/cursor.ts';
import { sliceForward } from './forward.ts';
import { createListPlan } from './query-plan.ts';
import type { Assignments } from '../assignments.ts';
import type { WholeList } from './whole-list.ts';
import { windowOf } from '../connection-window.ts';

interface ListOptions {
  readonly source: SubjectPageSource;
  readonly operation: Operation;
  /** What kept pages tell without a call; absent where none are kept. */
  readonly known: KnownSubjects | undefined;
  /** Whether clients that page on are given larger upstream pages: only useful where pages are kept. */
  readonly readAhead: boolean;
  readonly turns: Turns;
  readonly wholeList: WholeList;
}

/** Answers `Assignments.list` for one operation. Question, arguments and cursors are checked before anything is asked of upstream. */
export const createLister =
  (options: ListOptions): Assignments['list'] =>
  async (question, args) => {
    const plan = createListPlan(question);
    const { from, ...window } = windowOf(args, plan, (asked, text) => readCursor(asked.fingerprint(), text));
    const context = { ...options, plan };
    return from === 'start' ? sliceForward(context, window) : sliceBackward(context, window);
  };
