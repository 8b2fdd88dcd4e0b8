import { Anchor, Badge, Group, Stack, Text } from '@mantine/core';
import {
  IconBuilding,
  IconBuildingCommunity,
  IconCertificate,
  IconDeviceDesktop,
  IconFileSettings,
  IconFolder,
  IconHelp,
  IconHierarchy,
  IconMapPin,
  IconRobot,
  IconServerCog,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react';
import { graphql, useFragment } from 'react-relay';
import { Link } from 'react-router';
import { scopeAddress, subjectAddress } from './addresses.ts';
import { Uuid } from './uuid.tsx';
import { kindWord, noNameWord, typeWord } from './words.ts';
import type { names_scope$key } from '../__generated__/names_scope.graphql';
import type { names_subject$key } from '../__generated__/names_subject.graphql';

const typeIcons: Readonly<Record<string, typeof IconUser>> = {
  USER: IconUser,
  DEVICE: IconDeviceDesktop,
  USER_GROUP: IconUsersGroup,
  MANAGED_IDENTITY: IconRobot,
  SERVICE: IconServerCog,
};
const kindIcons: Readonly<Record<string, typeof IconUser>> = {
  ASSET_GROUP: IconFolder,
  CUSTOMER: IconBuilding,
  DEVICE: IconDeviceDesktop,
  MSP: IconBuildingCommunity,
  POLICY: IconFileSettings,
  SITE: IconMapPin,
  SUBSCRIPTION: IconCertificate,
  TENANT: IconHierarchy,
  USER: IconUser,
};

export interface NameProps {
  /** Also shows the uuid, small, and why there is no name. */
  readonly isFull?: boolean;
}

/** A subject by its name, as a link. Without a name: its reference, and why. */
export const SubjectName = ({ subject: key, isFull = false }: NameProps & { readonly subject: names_subject$key }) => {
  const { id, reference, type, displayName, email, resolution } = useFragment(
    graphql`
      fragment names_subject on Subject {
        id
        reference
        type
        displayName
        email
        resolution
      }
    `,
    key,
  );
  const Icon = typeIcons[type] ?? IconHelp;
  return (
    <Name
      Icon={Icon}
      what={typeWord(type)}
      address={subjectAddress(id)}
      uuid={reference}
      name={displayName}
      resolution={resolution}
      isFull={isFull}
    >
      {isFull && email !== null && (
        <Text size="xs" c="dimmed" truncate>
          {email}
        </Text>
      )}
    </Name>
  );
};

/** A scope by its name, as a link. Without a name: its uuid, and why. */
export const ScopeName = ({ scope: key, isFull = false }: NameProps & { readonly scope: names_scope$key }) => {
  const { id, kind, uuid, displayName, resolution } = useFragment(
    graphql`
      fragment names_scope on Scope {
        id
        kind
        uuid
        displayName
        resolution
      }
    `,
    key,
  );
  const Icon = kindIcons[kind] ?? IconHelp;
  return (
    <Name
      Icon={Icon}
      what={kindWord(kind)}
      address={scopeAddress(id)}
      uuid={uuid}
      name={displayName}
      resolution={resolution}
      isFull={isFull}
    />
  );
};

interface NameParts {
  readonly Icon: typeof IconUser;
  readonly what: string;
  readonly address: string;
  readonly uuid: string;
  readonly name: string | null | undefined;
  readonly resolution: string;
  readonly isFull: boolean;
  readonly children?: React.ReactNode;
}

const Name = ({ Icon, what, address, uuid, name, resolution, isFull, children }: NameParts) => {
  const hasName = name != null && name !== '';
  return (
    <Group gap={8} wrap="nowrap" align={isFull ? 'flex-start' : 'center'} style={{ minWidth: 0 }}>
      <Icon size={16} stroke={1.6} style={{ flex: 'none', opacity: 0.7 }} role="img" aria-label={what} />
      <Stack gap={0} style={{ minWidth: 0 }}>
        <Anchor component={Link} to={address} size="sm" truncate {...(!hasName && { c: 'inherit' })}>
          {hasName ? (
            <bdi>{name}</bdi>
          ) : (
            <Text component="span" ff="monospace" size="xs">
              {uuid}
            </Text>
          )}
        </Anchor>
        {children}
        {isFull && hasName && <Uuid value={uuid} />}
        {!hasName && (
          <Text size="xs" c="dimmed" fs="italic">
            {noNameWord(resolution)}
          </Text>
        )}
      </Stack>
    </Group>
  );
};

/** Said in place of a list of scopes where a role holds everywhere. */
export const Everywhere = () => (
  <Badge size="sm" variant="light" color="orange" tt="none">
    everywhere
  </Badge>
);
