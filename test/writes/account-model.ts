/** Where a role is held: places, and the word `everywhere`. */
export type Held = ReadonlySet<string>;

/** A change of one role of one subject. */
export interface Wish {
  readonly kind: 'assign' | 'revoke';
  readonly subject: string;
  readonly role: string;
  readonly places: readonly string[];
}

/** What a change is to make of a role. */
export const applied = ({ kind, places }: Wish, before: Held): Held =>
  new Set(kind === 'assign' ? [...before, ...places] : [...before].filter((place) => !places.includes(place)));

/** Whether a role is held as a change is to make it. */
export const isSo = ({ kind, places }: Wish, held: Held): boolean =>
  places.every((place) => held.has(place) === (kind === 'assign'));

/** What an account is believed to be: who holds which role where. */
export interface AccountModel {
  held(wish: Pick<Wish, 'subject' | 'role'>): Held;
  set(wish: Pick<Wish, 'subject' | 'role'>, held: Held): void;
  /** By role, without those that are not held, as the sandbox is asked for it. */
  of(subject: string): Record<string, string[]>;
}

export const createAccountModel = (): AccountModel => {
  const subjects = new Map<string, Map<string, Held>>();
  return {
    held: ({ subject, role }) => subjects.get(subject)?.get(role) ?? new Set(),
    set({ subject, role }, held) {
      const roles = subjects.get(subject) ?? new Map<string, Held>();
      subjects.set(subject, roles.set(role, held));
    },
    of: (subject) =>
      Object.fromEntries(
        [...(subjects.get(subject) ?? [])]
          .filter(([, held]) => held.size > 0)
          .map(([role, held]) => [role, [...held].toSorted()]),
      ),
  };
};
