import type { Assignments } from '../assignments/assignments.ts';
import { checkReference, checkRoleName } from '../assignments/list/query-plan.ts';
import type { Directory } from '../directory/directory.ts';
import type { Operation } from '../model/operation.ts';
import { rawSubjectTypeOf, type Subject, type SubjectType } from '../model/subject.ts';
import type { Pages } from '../pages/create-pages.ts';
import type { Clock } from '../platform/clock.ts';
import { turnsOf } from '../platform/work-in-turns.ts';
import type { Access } from './access.ts';
import type { AccountCensus } from './account-census.ts';
import { createAccountReader, type StoredCensuses } from './account-reader.ts';
import type { Census, CensusSource } from './census/census.ts';
import type { Refusals } from './census/refusals.ts';
import { checkAccess } from './check-access.ts';
import { listFindings } from './findings.ts';
import { createFindTold } from './told-findings.ts';
import { search, searchSubjects } from './search.ts';
import { listSubjectAccess } from './subject-access.ts';
import { wantedText } from './text-match.ts';

interface AccessOptions {
  readonly source: CensusSource;
  /** What answers questions about accounts that have no room in memory. Default: nothing, and they are refused. */
  readonly stored?: StoredCensuses | undefined;
  /** Which accounts have had no room in memory: shared with whoever renews the census. */
  readonly refusals: Refusals;
  readonly clock: Clock;
  /** Where what was found is kept. Absent: nowhere. */
  readonly memory: Pages['memory'];
}

/** What answers the same operation below. */
interface Below {
  readonly assignments: Assignments;
  readonly directory: Directory;
}

interface AccessRoot {
  forOperation(operation: Operation, below: Below): Access;
}

/** Answers questions about who can act where, for each operation by itself. */
export const createAccess = ({ source, stored, refusals, clock, memory }: AccessOptions): AccessRoot => {
  const findTold = createFindTold({ memory, clock });
  const readAccount = createAccountReader({ source, stored, refusals });
  return {
    forOperation(operation, { assignments, directory }) {
      const taker = turnsOf(operation);
      // Upstream is asked for what no census at hand tells.
      const find = async (
        reference: string,
        rawType: string | undefined,
        includeNestedScopes: boolean,
      ): Promise<Subject | null> => {
        const census = source.known(includeNestedScopes, operation);
        const known = census && findIn(census, reference, rawType);
        if (known !== undefined) return known;
        return assignments.find({ reference, includeNestedScopes, ...(rawType !== undefined && { rawType }) });
      };

      const findTyped = async (
        reference: string,
        type: SubjectType | undefined,
        includeNestedScopes: boolean,
      ): Promise<Subject | null> => {
        if (type === undefined) return find(reference, undefined, includeNestedScopes);
        if (type !== 'UNKNOWN') return find(reference, rawSubjectTypeOf(type), includeNestedScopes);
        // It stands for words that nobody knows yet: the list of the reference tells which.
        const question = { reference, type, orderBy: [], includeNestedScopes };
        const [first] = (await assignments.list(question, { first: 1 })).items;
        return first === undefined ? null : find(reference, first.rawType, includeNestedScopes);
      };

      const census = (includeNestedScopes: boolean): Promise<AccountCensus> =>
        readAccount(includeNestedScopes, operation);

      /** When the oldest of what the operation has used was true. */
      const asOfMs = (): number => operation.report.oldestPageAtMs ?? clock.nowMs();

      return {
        census,
        async search(question) {
          wantedText(question.text);
          return search((await census(false)).whole('a search'), question, { directory, taker });
        },
        async searchSubjects(question) {
          wantedText(question.text);
          const whole = (await census(question.includeNestedScopes)).whole('looking for a text');
          return searchSubjects(whole, question, { directory, taker });
        },
        async findings(asked, question) {
          const whole = asked.whole('findings');
          return listFindings(whole, question, (kinds) => findTold(whole, kinds, { directory, operation, taker }));
        },
        async check(question) {
          const { reference, type, roleName, includeNestedScopes } = question;
          checkReference(reference);
          checkRoleName(roleName);
          const answer = await checkAccess(question, {
            directory,
            findSubject: () => findTyped(reference, type, includeNestedScopes),
            findGroup: (group, rawType) => find(group, rawType, includeNestedScopes),
            isNamed: ({ components }) =>
              (source.known(includeNestedScopes, operation)?.scopesNaming(components).length ?? 0) > 0,
          });
          return { ...answer, asOfMs: asOfMs() };
        },
        atScope: async (scope, question, args) => (await census(false)).access(scope, question, args, directory),
        async ofSubject(subject, question) {
          const findGroup = (group: string, rawType: string) => find(group, rawType, false);
          const { list, gaps } = await listSubjectAccess(subject, question, { directory, findGroup });
          return { list: { ...list, asOfMs: asOfMs() }, gaps };
        },
      };
    },
  };
};

/** What a census says of a subject; undefined where it does not decide whom a reference without a type means. */
const findIn = (census: Census, reference: string, rawType: string | undefined): Subject | null | undefined => {
  if (rawType !== undefined) {
    const rank = census.rankOf(reference, rawType);
    return rank < 0 ? null : census.subjects[rank];
  }
  const first = -1 - census.rankOf(reference, '');
  const [found, next] = [census.subjects[first], census.subjects[first + 1]];
  if (found?.reference !== reference) return null;
  return next?.reference === reference ? undefined : found;
};
