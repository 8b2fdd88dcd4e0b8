import { type Logger, silentLogger } from '../platform/logger.ts';
import { createTurns, type Turns } from '../platform/turns.ts';
import type { Operation } from '../model/operation.ts';
import type { Subject } from '../model/subject.ts';
import type { SubjectListQuestion, SubjectPageSource } from '../model/subject-list.ts';
import type { SharedWalks } from '../pages/walks/shared-walks.ts';
import { createOperationSubjects, type KnownSubjects, type SubjectPages } from '../pages/subjects/subjects.ts';
import { createLister } from './list/list.ts';
import { createWholeList } from './list/whole-list.ts';
import { createFinder } from './lookup/lookups.ts';
import type { Assignments } from './assignments.ts';

interface AssignmentsSettings {
  /** What kept pages tell without a call. Absent: no pages are kept. */
  readonly known?: KnownSubjects;
  /** Makes the memory of one operation that kept pages do not answer. Default: one over the source. */
  readonly remember?: (operation: Operation) => SubjectPages;
  /** Whether clients that page on are given larger upstream pages. Default: false. */
  readonly readAhead?: boolean;
  /** For what only a whole list answers. */
  readonly walks: SharedWalks<SubjectListQuestion, Subject>;
  /** Told how lookups were planned. Default: nobody is. */
  readonly logger?: Logger;
  /** For walks, which may take long. Default: turns of their own. */
  readonly turns?: Turns;
}

/** Answers for each operation by itself. */
interface AssignmentsByOperation {
  forOperation(operation: Operation): Assignments;
}

/**
 * Answers questions about subjects over a source of pages. An operation that kept pages must not answer, or that has none,
 * remembers what it has read itself.
 */
export const createAssignments = (source: SubjectPageSource, settings: AssignmentsSettings): AssignmentsByOperation => {
  const { walks, readAhead = false, logger = silentLogger, turns = createTurns() } = settings;
  return {
    forOperation(operation) {
      const pages = pagesFor(operation, source, settings);
      const { known } = pages;
      return {
        list: createLister({
          source: pages.source,
          known,
          operation,
          readAhead,
          turns,
          wholeList: createWholeList({ walks, known, operation }),
        }),
        find: createFinder({ source: pages.source, known, operation, logger }),
      };
    },
  };
};

const pagesFor = (operation: Operation, source: SubjectPageSource, { known, remember }: AssignmentsSettings) => {
  if (known !== undefined && !operation.bypassCache) return { source, known };
  const own = remember?.(operation) ?? createOperationSubjects(source);
  return { source: own, known: own };
};
