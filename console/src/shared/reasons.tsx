import { Anchor, Breadcrumbs, Group, Text } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'react-router';
import { subjectAddress } from './addresses.ts';
import { ScopeName } from './names.tsx';
import { RoleName } from './role-name.tsx';
import { shortUuid } from './words.ts';
import { placeOf, RevokeButton } from '../writes/revoke-button.tsx';
import type { reasons_reason$key } from '../__generated__/reasons_reason.graphql';

export interface ReasonProps {
  readonly reason: reasons_reason$key;
  /** Names the place of a direct grant too, where the page does not say it already. */
  readonly isPlaceNamed?: boolean;
  /** The way and the group are left out where a heading says them. */
  readonly isWaySaid?: boolean;
  readonly isGroupSaid?: boolean;
  /** Present: the grant can be revoked from here, by those who may. What the holder is called, where it holds the grant itself. */
  readonly revocableOf?: string;
}

/** One way in which somebody has access, in a line: the role, through which group, and the way from the grant down to the place. */
export const Reason = ({
  reason,
  isPlaceNamed = false,
  isWaySaid = false,
  isGroupSaid = false,
  revocableOf,
}: ReasonProps) => {
  const { kind, scopedRole, memberOf, path } = useFragment(
    graphql`
      fragment reasons_reason on AccessReason {
        kind
        scopedRole {
          id
          name
          subject {
            id
            reference
            type
          }
        }
        memberOf {
          uuid
        }
        path {
          id
          kind
          uuid
          displayName
          ...names_scope
        }
      }
    `,
    reason,
  );
  return (
    <Group gap={6} data-reason={kind}>
      <RoleName name={scopedRole.name} fw={500} />
      {!isWaySaid && (
        <Text size="sm" c="dimmed" component="span">
          {isPlaceNamed && kind === 'DIRECT' ? 'held at' : (words[kind] ?? kind)}
        </Text>
      )}
      {isPlaceNamed && kind === 'DIRECT' && path[0] !== undefined && <ScopeName scope={path[0]} isBrief />}
      {memberOf != null && !isGroupSaid && (
        <Text size="sm" component="span">
          through{' '}
          <Anchor component={Link} to={subjectAddress(scopedRole.subject.id)} size="sm">
            group{' '}
            <Text component="span" ff="monospace" size="xs" title={memberOf.uuid}>
              {shortUuid(memberOf.uuid)}
            </Text>
          </Anchor>
        </Text>
      )}
      {kind === 'INHERITED' && path.length > 1 && (
        <Breadcrumbs separator={<IconChevronRight size={12} role="img" aria-label="contains" />} separatorMargin={2}>
          {path.map((scope) => (
            <ScopeName key={scope.id} scope={scope} isBrief />
          ))}
        </Breadcrumbs>
      )}
      {revocableOf !== undefined && (
        <RevokeButton
          subject={{
            reference: scopedRole.subject.reference,
            type: scopedRole.subject.type,
            name: memberOf == null ? revocableOf : `group ${scopedRole.subject.reference}`,
          }}
          roleName={scopedRole.name}
          places={kind === 'GLOBAL' ? 'everywhere' : path.slice(0, 1).map(placeOf)}
        />
      )}
    </Group>
  );
};

const words: Readonly<Record<string, string>> = {
  DIRECT: 'held here',
  INHERITED: 'from above',
  GLOBAL: 'held everywhere',
};
