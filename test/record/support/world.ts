import type { WalkedPage } from '../../../src/record/recording/write-walk.ts';
import {
  createScope,
  createSubject,
  kindOfScopeField,
  type RoleContent,
  type Scope,
  type Subject,
} from '../../../src/model/subject.ts';
import type { RecordedCensus } from '../../../src/record/recording/write-census.ts';

/** A small generator of chance (mulberry32): the same seed gives the same world. */
export const createChance = (seed: number) => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number): number => Math.floor(next() * end);
  return { below, pick: <Item>(items: readonly Item[]): Item => items[below(items.length)] as Item };
};

const rawTypes = ['SUBJECT_TYPE_USER', 'SUBJECT_TYPE_USER_GROUP', 'SUBJECT_TYPE_ROBOT'];
/** Some that a database or a careless key stumbles over. */
const oddTexts = ['nul\0inside', 'half \ud800 pair', '"quoted", {braces} \\', '\uf8f0', 'x'.repeat(900), "it's; --"];
const roleNames = ['reader', 'editor', 'owner', ...oddTexts];
const fields = ['customerUuid', 'deviceUuid', 'siteUuid', 'futureUuid'];

export const scopeOf = (...components: readonly (readonly [field: string, uuid: string])[]): Scope =>
  createScope(components.map(([field, uuid]) => ({ kind: kindOfScopeField(field), field, uuid })));

/** What an assignment is, as one text. Scopes are the same whatever the order of their components. */
export const assignmentText = (
  subject: { readonly reference: string; readonly rawType: string },
  roleName: string,
  scope: Scope | null,
): string =>
  JSON.stringify([
    shortened(subject.reference),
    shortened(subject.rawType),
    shortened(roleName),
    scope && scope.components.map(({ field, uuid }) => `${field}=${shortened(uuid)}`).sort(),
  ]);

/** The record cuts what is longer than anything that upstream knows. */
const shortened = (text: string): string => (text.length > 250 ? `${text.slice(0, 180)}…` : text);

/** Everybody who holds something, and random changes of that. */
export const createWorld = (seed: number, size: number) => {
  const { below, pick } = createChance(seed);
  const held = new Map<string, { reference: string; rawType: string; roles: RoleContent[] }>();

  const makeScope = (): Scope => {
    const uuid = () => `uuid-${below(12)}`;
    switch (below(12)) {
      case 0:
        return scopeOf();
      case 1:
        return scopeOf(['siteUuid', uuid()], ['customerUuid', uuid()]);
      case 2:
        return scopeOf(['customerUuid', pick(oddTexts)]);
      default:
        return scopeOf([pick(fields), uuid()]);
    }
  };
  const makeRole = (): RoleContent => ({
    name: pick(roleNames),
    scopes: below(5) === 0 ? [] : Array.from({ length: 1 + below(3) }, makeScope),
  });
  const change = (): void => {
    const reference = below(30) === 0 ? pick(oddTexts) : `subject-${below(size)}`;
    const rawType = pick(rawTypes);
    const key = JSON.stringify([reference, rawType]);
    const known = held.get(key);
    if (known === undefined) {
      held.set(key, { reference, rawType, roles: Array.from({ length: below(4) }, makeRole) });
    } else if (below(4) === 0) {
      held.delete(key);
    } else if (below(3) === 0) {
      known.roles = [...known.roles].reverse().slice(below(2));
    } else {
      known.roles = [...known.roles, makeRole()];
    }
  };

  return {
    change(times: number): void {
      for (let i = 0; i < times; i++) change();
    },
    census: (asOfMs: number): RecordedCensus => censusOf(asOfMs, [...held.values()]),
    /** Every assignment there is, each once. */
    assignments: (): Set<string> =>
      new Set(
        [...held.values()].flatMap((subject) =>
          subject.roles.flatMap(({ name, scopes }) =>
            (scopes.length === 0 ? [null] : scopes).map((scope) => assignmentText(subject, name, scope)),
          ),
        ),
      ),
  };
};

/** A census of subjects, in the order that a census has. */
export const censusOf = (
  asOfMs: number,
  content: readonly { readonly reference: string; readonly rawType: string; readonly roles: readonly RoleContent[] }[],
): RecordedCensus => {
  const subjects: Subject[] = content.map(({ reference, rawType, roles }) => createSubject(reference, rawType, roles));
  subjects.sort((one, other) =>
    one.reference < other.reference || (one.reference === other.reference && one.rawType < other.rawType) ? -1 : 1,
  );
  return { asOfMs, subjects };
};

/** Pages of a few subjects. `onPage` is told of each before it is given. */
export async function* walk(
  subjects: readonly Subject[],
  fetchedAtMs: number,
  onPage: (number: number) => Promise<void> | void = () => {},
): AsyncGenerator<WalkedPage> {
  await Promise.resolve();
  for (let start = 0; start < Math.max(1, subjects.length); start += 7) {
    await onPage(start / 7);
    yield { items: subjects.slice(start, start + 7), fetchedAtMs: fetchedAtMs + start };
  }
}
