import type { AccessGap } from '../../access/gaps.ts';
import type { AccessReason } from '../../access/reasons.ts';
import type { JoinPoint } from '../federation/join-points.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { writeMoment } from './moment.ts';

/** What an answer about access tells beside what it lists. */
export interface AboutAccess {
  readonly asOfMs: number;
  readonly gaps: readonly AccessGap[];
}

/** Why somebody can act somewhere, and what is not known. */
export const defineReasons = (builder: GraphBuilder, { types }: GraphParts) => {
  const reasonKind = builder.enumType('ReasonKind', {
    description: 'In which way somebody has a role at a scope.',
    values: {
      DIRECT: { description: 'The role lists the scope. A composite scope counts at each of its components.' },
      INHERITED: { description: 'The role lists a scope that this one lies in.' },
      GLOBAL: { description: 'The role holds everywhere.' },
    } as const,
  });
  const gap = builder.enumType('AccessGap', {
    description:
      'What could not be told. Where there is a gap, an answer holds all that is known, and may lack what is behind the gap: it is never a proof that somebody has no access.',
    values: {
      MEMBERS_FORBIDDEN: {
        description:
          'Who is in a user group is closed to this credential. A permission set that covers users opens it.',
      },
      MEMBERS_UNAVAILABLE: {
        description:
          'Who is in a user group cannot be read: the domain failed, is turned off, or the account has none.',
      },
      HIERARCHY_FORBIDDEN: {
        description:
          'What the scope lies in is closed to this credential. A permission set that covers devices opens it.',
      },
      HIERARCHY_UNAVAILABLE: {
        description:
          'What the scope lies in cannot be read, or not to its end: the domain failed or is turned off, the device or group is not listed, a group above is missing, or the groups go round in a circle.',
      },
      NO_HIERARCHY: {
        description:
          'Nothing tells what the scope lies in: things of this kind have no place in the tree of groups, or no group has the uuid of this customer, MSP or site.',
      },
      UNIDENTIFIED_ANCESTOR: {
        description:
          'A group above stands for a customer, MSP or site whose uuid no assignment names: it may be one that assignments name by another uuid.',
      },
    } as const,
  });
  const reason = builder.objectRef<AccessReason>('AccessReason').implement({
    description: 'One way in which somebody has a role somewhere: which grant, who holds it, and how it reaches there.',
    fields: (t) => ({
      kind: t.expose('kind', { type: reasonKind, description: 'In which way.' }),
      scopedRole: t.expose('scopedRole', {
        type: types.scopedRole,
        description: 'The grant. Its subject is who holds it: the subject itself or a group.',
      }),
      memberOf: t.field({
        type: types.joinPoints.UserGroup,
        nullable: true,
        description:
          'The user group that holds the grant and that the subject is a member of. Null where it holds it itself.',
        resolve: ({ memberOf }): JoinPoint | null =>
          memberOf === null ? null : { typeName: 'UserGroup', uuid: memberOf },
      }),
      path: t.expose('path', {
        type: [types.scope],
        description:
          'From the scope of the grant down to the one that is asked about: that scope alone where the grant lists it, nothing where the grant holds everywhere.',
      }),
    }),
  });
  return { reasonKind, gap, reason };
};

export type ReasonTypes = ReturnType<typeof defineReasons>;

/** What the fields `asOf` and `gaps` say of themselves, and resolve to. */
export const asOfOptions = {
  type: 'DateTime',
  description: 'When the oldest of what this is made of was true.',
} as const;

export const gapsDescription = 'What could not be told, each once; empty where nothing is missing.';

export const asOfOf = ({ asOfMs }: Pick<AboutAccess, 'asOfMs'>): string => writeMoment(asOfMs);
