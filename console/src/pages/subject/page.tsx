import { Card, Group, Stack, Tabs, Text, Title } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { graphql } from 'react-relay';
import { useParams } from 'react-router';
import { useHasRecord } from '../../record/has-record.ts';
import { useAddressState } from '../../shared/address-state.ts';
import { ExportButton } from '../../shared/export-button.tsx';
import { SubjectName } from '../../shared/names.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { Uuid } from '../../shared/uuid.tsx';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { noNameWord, shortUuid, typeWord } from '../../shared/words.ts';
import { AssignButton } from '../../writes/assign-button.tsx';
import { Missing } from '../not-found/missing.tsx';
import { Roles } from './roles.tsx';
import pageQueryNode, { type pageSubjectQuery } from '../../__generated__/pageSubjectQuery.graphql';

const Access = lazy(async () => ({ default: (await import('./access.tsx')).Access }));
const History = lazy(async () => ({ default: (await import('../../record/history.tsx')).SubjectHistory }));

const question = graphql`
  query pageSubjectQuery($id: ID!) {
    node(id: $id) {
      __typename
      ... on Subject {
        id
        reference
        type
        rawType
        displayName
        email
        resolution
        principal {
          __typename
          ... on User {
            eset {
              jobTitle
              department
              protectionStatus
              userGroups {
                uuid
                subject {
                  id
                  ...names_subject
                }
              }
            }
          }
          ... on Device {
            eset {
              deviceType
              operatingSystem
              functionalityStatus
              lastSyncTime
            }
          }
        }
        ...roles_subject @alias(as: "withRoles")
      }
    }
  }
`;

/** Who somebody is, which roles they hold where, what they can reach and why. */
export const Page = () => {
  const { id = '' } = useParams();
  const { node } = usePageQuery<pageSubjectQuery>(question, { id });
  const [tab = 'roles', setTab] = useAddressState('tab');
  const hasRecord = useHasRecord() === true;
  if (node?.__typename !== 'Subject') return <Missing what="subject" />;
  const { reference, type, rawType, displayName, email, resolution, principal } = node;
  const name = displayName !== null && displayName !== undefined && displayName !== '' ? displayName : reference;
  return (
    <>
      <PageHead
        title={name}
        about={
          <Group gap="xs">
            <span>{type === 'UNKNOWN' ? rawType : typeWord(type)}</span>
            {email != null && <span>{email}</span>}
            {name === reference ? <em>{noNameWord(resolution)}</em> : <Uuid value={reference} />}
          </Group>
        }
        query={{ text: pageQueryNode.params.text, variables: { id } }}
      >
        <ExportButton parameters={[['text', reference]]} />
        <AssignButton subject={{ reference, type, name }} />
      </PageHead>
      <Facts principal={principal} />
      <Tabs
        value={tab}
        onChange={(next) => setTab(next === 'roles' ? undefined : (next ?? undefined))}
        keepMounted={false}
      >
        <Tabs.List mb="sm" className="no-print">
          <Tabs.Tab value="roles">Roles</Tabs.Tab>
          <Tabs.Tab value="access">Access</Tabs.Tab>
          {hasRecord && <Tabs.Tab value="history">History</Tabs.Tab>}
        </Tabs.List>
        <Suspense fallback={<RowsSkeleton />}>
          <Tabs.Panel value="roles">{node.withRoles != null && <Roles subject={node.withRoles} />}</Tabs.Panel>
          <Tabs.Panel value="access">
            <Access id={id} />
          </Tabs.Panel>
          {hasRecord && (
            <Tabs.Panel value="history">
              <History id={id} reference={reference} name={name} />
            </Tabs.Panel>
          )}
        </Suspense>
      </Tabs>
    </>
  );
};

type Principal = Extract<
  NonNullable<pageSubjectQuery['response']['node']>,
  { readonly __typename: 'Subject' }
>['principal'];

const Facts = ({ principal }: { readonly principal: Principal }) => {
  const facts = factsOf(principal);
  const groups = principal?.__typename === 'User' ? (principal.eset?.userGroups ?? []) : [];
  if (facts.length === 0 && groups.length === 0) return null;
  return (
    <Card withBorder padding="sm" mb="md">
      <Group gap="xl" align="flex-start">
        {facts.map(([label, value]) => (
          <Stack key={label} gap={0}>
            <Text size="xs" c="dimmed">
              {label}
            </Text>
            <Text size="sm">
              <bdi>{value}</bdi>
            </Text>
          </Stack>
        ))}
        {groups.length > 0 && (
          <Stack gap={2}>
            <Title order={2} size="xs" c="dimmed" fw={400}>
              in user groups
            </Title>
            <Group gap={12}>
              {groups.map(({ uuid, subject }) =>
                subject == null ? (
                  <Text key={uuid} size="xs" component="span" title={uuid}>
                    <Text component="span" inherit ff="monospace">
                      {shortUuid(uuid)}
                    </Text>{' '}
                    <Text component="span" inherit c="dimmed" fs="italic">
                      holds no role
                    </Text>
                  </Text>
                ) : (
                  <SubjectName key={uuid} subject={subject} isBrief />
                ),
              )}
            </Group>
          </Stack>
        )}
      </Group>
    </Card>
  );
};

const factsOf = (principal: Principal): readonly (readonly [string, string])[] => {
  const all: readonly (readonly [string, string | null | undefined])[] =
    principal?.__typename === 'User'
      ? [
          ['job title', principal.eset?.jobTitle],
          ['department', principal.eset?.department],
          ['protection', principal.eset?.protectionStatus?.toLowerCase().replaceAll('_', ' ')],
        ]
      : principal?.__typename === 'Device'
        ? [
            ['kind of device', principal.eset?.deviceType?.toLowerCase().replaceAll('_', ' ')],
            ['operating system', principal.eset?.operatingSystem],
            ['state', principal.eset?.functionalityStatus?.toLowerCase().replaceAll('_', ' ')],
          ]
        : [];
  return all.filter((fact): fact is readonly [string, string] => fact[1] != null && fact[1] !== '');
};
