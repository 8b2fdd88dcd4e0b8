import { Anchor, Badge } from '@mantine/core';
import { Link } from 'react-router';
import { roleAddress } from './addresses.ts';
import { isUuid, shortUuid } from './words.ts';

interface RoleNameProps {
  readonly name: string;
  readonly fw?: number;
  /** Where there is little room: of a uuid only its beginning. */
  readonly isBrief?: boolean;
}

/** A role by its name, as a link. Roles that customers make are named by a uuid: small, as uuids are everywhere. */
export const RoleName = ({ name, fw, isBrief = false }: RoleNameProps) => (
  <Anchor
    component={Link}
    to={roleAddress(name)}
    truncate
    title={name}
    style={{ display: 'inline-block', maxWidth: '100%', verticalAlign: 'bottom' }}
    {...(isUuid(name) ? { ff: 'monospace', size: 'xs' } : { size: 'sm' })}
    {...(fw !== undefined && { fw })}
  >
    <bdi>{isBrief ? shortUuid(name) : name}</bdi>
  </Anchor>
);

/** The same among others: of a uuid only the beginning. */
export const RoleChip = ({ name }: { readonly name: string }) => (
  <Badge component={Link} to={roleAddress(name)} variant="default" title={name} maw={200} style={{ cursor: 'pointer' }}>
    {shortUuid(name)}
  </Badge>
);
