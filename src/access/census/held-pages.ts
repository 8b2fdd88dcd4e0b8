import type { Scope, Subject } from '../../model/subject.ts';
import { heldNumbers } from '../../pages/subjects/compact.ts';
import type { HeldNumbers } from '../../model/held-numbers.ts';
import { TimedPauses } from '../../platform/pause.ts';
import { compareTexts } from './sort.ts';
import { numbersBetweenLooks, sliceMs } from './slices.ts';
import type { SortedSubjects } from './sorted-subjects.ts';

/** All that subjects hold, as it lies in memory: page by page, as often as it is listed. */
export interface HeldPages {
  readonly pages: readonly HeldPage[];
  /** By name. */
  readonly roleNames: readonly string[];
  /** The scopes of all pages, one page after the other: the same one can be there often. */
  readonly scopes: readonly Scope[];
}

interface HeldPage {
  /** Of each subject, one after the other, how many roles; of each role its number here, how many scopes it lists, and the number of each here. */
  readonly numbers: HeldNumbers['numbers'];
  /** Of each subject its place in the census; below 0: it stands on another page with all that it holds. */
  readonly ranks: Int32Array;
  /** Of each role here its place by name. */
  readonly roles: Int32Array;
  /** Where its scopes begin among all. */
  readonly firstScope: number;
}

/** Finds what the subjects of a walk hold, without a copy of what is kept as numbers. */
export const findHeld = async (
  pages: readonly { readonly items: readonly Subject[] }[],
  { ranks, merged, subjects }: SortedSubjects,
): Promise<HeldPages> => {
  const namesOfPages: (readonly string[])[] = [];
  const names = new Set<string>();
  const found: Omit<HeldPage, 'roles'>[] = [];
  const scopes: Scope[] = [];
  const pauses = new TimedPauses(sliceMs);
  const add = async (items: readonly Subject[], ranksOfPage: Int32Array): Promise<void> => {
    const held = await heldNumbers(items);
    namesOfPages.push(held.names);
    for (const name of held.names) names.add(name);
    found.push({ numbers: held.numbers, ranks: ranksOfPage, firstScope: scopes.length });
    for (const scope of held.scopes) scopes.push(scope);
    if (pauses.isDue()) await pauses.pause();
  };
  let first = 0;
  for (const { items } of pages) {
    await add(items, ranks.subarray(first, first + items.length));
    first += items.length;
  }
  const twice = [...merged];
  if (twice.length > 0) {
    await add(
      twice.map((rank) => subjects[rank] as Subject),
      Int32Array.from(twice),
    );
  }
  const roleNames = [...names].sort(compareTexts);
  const places = new Map(roleNames.map((name, place) => [name, place]));
  const heldPages: HeldPage[] = [];
  for (const [at, page] of found.entries()) {
    const roles = Int32Array.from(namesOfPages[at] ?? [], (name) => places.get(name) as number);
    heldPages.push({ ...page, roles });
    if (pauses.isDue()) await pauses.pause();
  }
  return { pages: heldPages, roleNames, scopes };
};

/** What is called back for each subject, behind it for each role that it holds, and behind that for each scope that the role lists. */
export interface HeldVisitor {
  readonly onSubject?: (rank: number, roleCount: number) => void;
  readonly onRole?: (rank: number, role: number, scopeCount: number) => void;
  readonly onScope?: (rank: number, role: number, scope: number) => void;
}

/** Goes through all that subjects hold, page by page. Pauses every few milliseconds. */
export const visitHeld = async (
  { pages }: Pick<HeldPages, 'pages'>,
  { onSubject, onRole, onScope }: HeldVisitor,
): Promise<void> => {
  const pauses = new TimedPauses(sliceMs, numbersBetweenLooks);
  for (const { numbers, ranks, roles, firstScope } of pages) {
    let at = 0;
    for (let subject = 0; subject < ranks.length; subject++) {
      const rank = ranks[subject] as number;
      const start = at;
      const roleCount = numbers[at++] as number;
      if (rank >= 0) onSubject?.(rank, roleCount);
      for (let left = roleCount; left > 0; left--) {
        const role = roles[numbers[at] as number] as number;
        const scopeCount = numbers[at + 1] as number;
        at += 2;
        const end = at + scopeCount;
        if (rank >= 0) {
          onRole?.(rank, role, scopeCount);
          if (onScope !== undefined) {
            for (let scope = at; scope < end; scope++) onScope(rank, role, firstScope + (numbers[scope] as number));
          }
        }
        at = end;
      }
      if (pauses.isDue(at - start)) await pauses.pause();
    }
  }
};
