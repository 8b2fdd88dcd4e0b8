import { Anchor, Badge, Text } from '@mantine/core';
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
import classes from './names.module.css';
import { kindWord, noNameWord, shortUuid, typeWord } from './words.ts';
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
  /** Also shows the mail address and the uuid, small. */
  readonly isFull?: boolean;
  /** Where several stand in a row: of a uuid without a name only its beginning. */
  readonly isBrief?: boolean;
}

/** A subject by its name, as a link. Without a name: its reference, and why. */
export const SubjectName = ({
  subject: key,
  isFull = false,
  isBrief = false,
}: NameProps & { readonly subject: names_subject$key }) => {
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
      isBrief={isBrief}
      email={email}
    />
  );
};

/** A scope by its name, as a link. Without a name: its uuid, and why. */
export const ScopeName = ({
  scope: key,
  isFull = false,
  isBrief = false,
}: NameProps & { readonly scope: names_scope$key }) => {
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
      isBrief={isBrief}
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
  readonly isBrief: boolean;
  readonly email?: string | null | undefined;
}

const Name = ({ Icon, what, address, uuid, name, resolution, isFull, isBrief, email }: NameParts) => {
  const hasName = name != null && name !== '';
  const hasEmail = isFull && email != null && email !== '' && email !== name;
  return (
    <div className={classes['name']}>
      <Icon size={16} stroke={1.6} className={classes['icon']} role="img" aria-label={what} />
      <div className={classes['text']}>
        <div className={classes['line']}>
          {hasName ? (
            <Anchor component={Link} to={address} size="sm" truncate title={name}>
              <bdi>{name}</bdi>
            </Anchor>
          ) : (
            <>
              <Anchor
                component={Link}
                to={address}
                ff="monospace"
                size="xs"
                c="inherit"
                truncate
                title={uuid}
                style={{ flexShrink: isBrief ? 0 : 1 }}
              >
                {isBrief ? shortUuid(uuid) : uuid}
              </Anchor>
              <Text size="xs" c="dimmed" fs="italic" span className={classes['reason']}>
                {noNameWord(resolution)}
              </Text>
            </>
          )}
        </div>
        {isFull && hasName && (
          <div className={classes['line']}>
            {hasEmail && (
              <Text size="xs" c="dimmed" span truncate>
                {email}
              </Text>
            )}
            <Uuid value={uuid} />
          </div>
        )}
      </div>
    </div>
  );
};

/** Said in place of a list of scopes where a role holds everywhere. */
export const Everywhere = () => (
  <Badge variant="light" color="orange">
    everywhere
  </Badge>
);
