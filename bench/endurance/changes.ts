import { type Chance, rolesOf, type WireSubject } from './model.ts';

/** One assignment that is given or taken upstream. */
export interface Change {
  readonly kind: 'GRANTED' | 'REVOKED';
  readonly reference: string;
  readonly type: string;
  readonly roleName: string;
  readonly customerUuid: string;
}

/** What tells one change from all others, whoever tells of it. */
export const changeKey = ({ kind, reference, roleName, customerUuid }: Omit<Change, 'type'>): string =>
  [kind, reference, roleName, customerUuid].join(' ');

export interface ChangesOptions {
  /** Where upstream is, past the gateway. */
  readonly upstreamUrl: string;
  readonly token: string;
  /** The world before the first change. */
  readonly subjects: readonly WireSubject[];
  readonly chance: Chance;
}

/** Changes the world past the gateway. */
export interface Changes {
  /** All that upstream has carried out, in its order. */
  readonly made: readonly Change[];
  /** Gives somebody a role, or takes one that this has given and of which the record has told. */
  makeOne(): Promise<void>;
  /** To be called with each change that the record tells of. */
  noteTold(key: string): void;
}

/** Grants for one revocation, about. */
const grantsForOne = 2;

export const createChanges = ({ upstreamUrl, token, subjects, chance }: ChangesOptions): Changes => {
  const pick = <Value>(values: readonly Value[]): Value => values[Math.floor(chance() * values.length)] as Value;
  const users = subjects.filter(({ subjectType }) => subjectType === 'SUBJECT_TYPE_USER');
  const all = subjects.flatMap(({ roles }) => rolesOf(roles));
  const roleNames = [...new Set(all.map(({ roleName }) => roleName))];
  const customers = [
    ...new Set(all.flatMap(({ scopes = [] }) => scopes.flatMap((scope) => scope['customerUuid'] ?? []))),
  ];
  const made: Change[] = [];
  const told = new Set<string>();
  const taken = new Set<string>();
  const given = new Set<string>();

  /** What nobody holds in any part yet, so that it is one change and nothing else. */
  const newGrant = (): Change => {
    for (;;) {
      const { subjectReference: reference, subjectType: type = '', roles = [] } = pick(users);
      const change: Change = {
        kind: 'GRANTED',
        reference,
        type,
        roleName: pick(roleNames),
        customerUuid: pick(customers),
      };
      if (roles.some(({ roleName }) => roleName === change.roleName) || given.has(changeKey(change))) continue;
      return change;
    }
  };

  /** Only what was told can be taken: of what is given and taken between two censuses nobody hears. */
  const newRevocation = (): Change | undefined => {
    const grants = made.filter(
      (change) => change.kind === 'GRANTED' && told.has(changeKey(change)) && !taken.has(changeKey(change)),
    );
    if (grants.length === 0) return undefined;
    const grant = pick(grants);
    taken.add(changeKey(grant));
    return { ...grant, kind: 'REVOKED' };
  };

  return {
    made,
    async makeOne() {
      const change = (chance() * (grantsForOne + 1) < 1 ? newRevocation() : undefined) ?? newGrant();
      const { kind, reference, type, roleName, customerUuid } = change;
      given.add(changeKey(change));
      const response = await fetch(
        `${upstreamUrl}/v2/role-assignments:${kind === 'GRANTED' ? 'assignRole' : 'revokeRole'}`,
        {
          method: 'POST',
          // On a connection of its own: one that was kept can be closed under it while this process is busy, and a change must not be sent twice.
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', connection: 'close' },
          body: JSON.stringify({
            role: { roleName, scopes: [{ customerUuid }] },
            subjectReference: reference,
            subjectType: type,
          }),
        },
      );
      const text = await response.text();
      if (!response.ok) throw new Error(`upstream refused ${JSON.stringify(change)} with ${response.status}: ${text}`);
      made.push(change);
    },
    noteTold: (key) => void told.add(key),
  };
};
