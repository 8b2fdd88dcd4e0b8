import type { Scope, Subject } from '../../model/subject.ts';
import { pause, Pauses } from '../../platform/pause.ts';
import { IntList } from './int-list.ts';
import type { SortedSubjects } from './sorted-subjects.ts';

/** All that subjects hold, as numbers, in no particular order and as often as it is listed. */
interface AssignmentRows {
  /** At scopes. */
  readonly ranks: Int32Array;
  readonly roles: Int32Array;
  readonly scopes: Int32Array;
  /** Everywhere. */
  readonly global: { readonly ranks: Int32Array; readonly roles: Int32Array };
  /** A role's number is its place. */
  readonly roleNames: readonly string[];
  /** How many hold each role. */
  readonly holderCounts: readonly number[];
  /** A scope's number is its place. The same one can have several. */
  readonly met: readonly Scope[];
}

/** So many rows are a few milliseconds. */
const rowsBetween = 20_000;

/** Looks through all that subjects hold: page by page, because that is how they lie in memory, and scopes are shared within a page. */
export const readAssignments = async (
  pages: readonly { readonly items: readonly Subject[] }[],
  { subjects, ranks, merged }: SortedSubjects,
): Promise<AssignmentRows> => {
  const reader = new AssignmentReader();
  const pauses = new Pauses(rowsBetween);
  let entry = 0;
  for (const { items } of pages) {
    reader.beginPage();
    for (const subject of items) {
      const rank = ranks[entry++] as number;
      if (merged.has(rank)) continue;
      if (pauses.isDue(reader.read(rank, subject))) await pause();
    }
  }
  reader.beginPage();
  for (const rank of merged) {
    if (pauses.isDue(reader.read(rank, subjects[rank] as Subject))) await pause();
  }
  return {
    ranks: reader.ranks.toArray(),
    roles: reader.roles.toArray(),
    scopes: reader.scopes.toArray(),
    global: { ranks: reader.globalRanks.toArray(), roles: reader.globalRoles.toArray() },
    roleNames: [...reader.roleNumbers.keys()],
    holderCounts: reader.holderCounts,
    met: reader.met,
  };
};

class AssignmentReader {
  readonly ranks = new IntList();
  readonly roles = new IntList();
  readonly scopes = new IntList();
  readonly globalRanks = new IntList();
  readonly globalRoles = new IntList();
  readonly roleNumbers = new Map<string, number>();
  readonly holderCounts: number[] = [];
  readonly met: Scope[] = [];
  readonly #lastHolders: number[] = [];
  #onPage = new Map<Scope, number>();

  beginPage(): void {
    this.#onPage = new Map();
  }

  /** Takes all that a subject holds; each comes once. Answers how much work that was. */
  read(rank: number, { roles: held }: Subject): number {
    const start = this.ranks.length;
    for (const { name, scopes } of held) {
      const role = this.#numberOfRole(name);
      if (this.#lastHolders[role] !== rank) {
        this.#lastHolders[role] = rank;
        this.holderCounts[role] = (this.holderCounts[role] as number) + 1;
      }
      if (scopes.length === 0) {
        this.globalRanks.push(rank);
        this.globalRoles.push(role);
      }
      for (const scope of scopes) {
        this.ranks.push(rank);
        this.roles.push(role);
        this.scopes.push(this.#numberOfScope(scope));
      }
    }
    return 1 + held.length + this.ranks.length - start;
  }

  #numberOfRole(name: string): number {
    let role = this.roleNumbers.get(name);
    if (role === undefined) {
      this.roleNumbers.set(name, (role = this.roleNumbers.size));
      this.holderCounts.push(0);
      this.#lastHolders.push(-1);
    }
    return role;
  }

  #numberOfScope(scope: Scope): number {
    let number = this.#onPage.get(scope);
    if (number === undefined) this.#onPage.set(scope, (number = this.met.push(scope) - 1));
    return number;
  }
}
