import type { HeldNumbers, SubjectInNumbers } from '../../model/held-numbers.ts';
import { type ScopedRole, type Subject, type SubjectType, subjectTypeOf } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { objectBytes, textBytes } from '../sizes.ts';
import { type Holdings, HoldingsWriter, type WantedRole } from './holdings.ts';

/**
 * The same subjects in a third of the memory: what they hold lies in one list of numbers for all of them, and the objects of their roles are made when somebody
 * looks. For what is kept, and large: looking takes a little longer. Where there is much of it others have their turn in between.
 */
export const compactSubjects = async (subjects: readonly Subject[]): Promise<readonly Subject[]> => {
  if (subjects.some((subject) => subject instanceof CompactSubject)) return subjects;
  const { holdings, starts } = await writeDown(subjects, new HoldingsWriter());
  const compact = subjects.map(
    ({ reference, rawType }, at) => new CompactSubject({ reference, rawType }, holdings, starts[at] as number),
  );
  holdingsOf.set(compact, holdings);
  return compact;
};

const writeDown = async (
  subjects: readonly Subject[],
  writer: HoldingsWriter,
): Promise<{ readonly holdings: Holdings; readonly starts: Uint32Array }> => {
  const starts = new Uint32Array(subjects.length);
  const pauses = new Pauses(numbersBetweenPauses);
  for (const [at, { roles }] of subjects.entries()) {
    const start = writer.add(roles);
    starts[at] = start;
    if (pauses.isDue(writer.length - start)) await pause();
  }
  return { holdings: writer.end(), starts };
};

/** A few milliseconds of work, and more than a page of 1000 usual subjects has. */
const numbersBetweenPauses = 16_384;

/** What all subjects of a list of `compactSubjects` hold. */
const holdingsOf = new WeakMap<readonly Subject[], Holdings>();

/** What the subjects of a list hold: as it is kept of one that `compactSubjects` made, or else written down now, with the scopes as they are. */
export const heldNumbers = async (subjects: readonly Subject[]): Promise<HeldNumbers> =>
  holdingsOf.get(subjects) ?? (await writeDown(subjects, new HoldingsWriter((scope) => scope))).holdings;

/** About how many bytes a subject of `compactSubjects` takes by itself; undefined for any other. */
export const compactBytes = (subject: Subject): number | undefined =>
  subject instanceof CompactSubject ? objectBytes(4) + textBytes(subject.reference.length) : undefined;

/** What a subject of `compactSubjects` shares with others, and about how many bytes that takes. */
export const sharedHoldings = (subject: Subject): { readonly sizeBytes: number } | undefined =>
  subject instanceof CompactSubject ? subject.holdings : undefined;

/**
 * Tells of a subject of `compactSubjects` whether it holds such a role, without making its roles: a look at a million takes a few hundredths of a second. Undefined for any other
 * subject. Quick for those of one page one after the other.
 */
export const createHolderFinder = (wanted: WantedRole): ((subject: Subject) => boolean | undefined) => {
  let page: Holdings | undefined;
  let holds = (_start: number): boolean => false;
  return (subject) => {
    if (!(subject instanceof CompactSubject)) return undefined;
    if (page !== subject.holdings) {
      page = subject.holdings;
      holds = page.finder(wanted);
    }
    return holds(subject.start);
  };
};

/** How many subjects of a list that `compactSubjects` made hold such a role, without a look at any of them. Undefined for any other list. */
export const countHolders = (subjects: readonly Subject[], wanted: WantedRole): number | undefined =>
  holdingsOf.get(subjects)?.count(wanted);

class CompactSubject implements Subject, SubjectInNumbers {
  readonly reference: string;
  readonly rawType: string;
  readonly #holdings: Holdings;
  readonly #start: number;

  constructor({ reference, rawType }: Pick<Subject, 'reference' | 'rawType'>, holdings: Holdings, start: number) {
    this.reference = reference;
    this.rawType = rawType;
    this.#holdings = holdings;
    this.#start = start;
  }

  get type(): SubjectType {
    return subjectTypeOf(this.rawType);
  }

  get holdings(): Holdings {
    return this.#holdings;
  }

  get start(): number {
    return this.#start;
  }

  /** Equal ones each time, not always the same. */
  get roles(): readonly ScopedRole[] {
    return this.#holdings.rolesOf(this, this.#start);
  }
}
