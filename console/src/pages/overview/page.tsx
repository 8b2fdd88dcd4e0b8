import { Anchor, Button, Card, Group, SimpleGrid, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { type ReactNode, Suspense, useState, useTransition } from 'react';
import { graphql } from 'react-relay';
import { Link } from 'react-router';
import { roleAddress, scopeAddress } from '../../shared/addresses.ts';
import { type Bar, Bars } from '../../shared/bars.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { WaitingNote } from '../../shared/census-waiting.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { countText, kindWord, momentText, noNameWord, shortUuid, typeWord } from '../../shared/words.ts';
import pageQueryNode, { type pageOverviewQuery } from '../../__generated__/pageOverviewQuery.graphql';

const question = graphql`
  query pageOverviewQuery {
    census {
      asOf
      subjectCount
      assignmentCount
      globalAssignmentCount
      subjectTypes {
        type
        rawType
        count
      }
      scopeKinds {
        kind
        count
      }
      roles(first: 8) {
        totalCount
        edges {
          holderCount
          node {
            name
          }
        }
      }
      scopes(first: 8) {
        totalCount
        edges {
          holderCount
          node {
            id
            kind
            uuid
            displayName
            resolution
          }
        }
      }
      high: findings(first: 0, kinds: [GLOBAL_GRANT, BROAD_GRANT, WITHOUT_ROLES, UNKNOWN_KIND], minSeverity: HIGH) {
        totalCount
      }
      medium: findings(first: 0, kinds: [GLOBAL_GRANT, BROAD_GRANT, WITHOUT_ROLES, UNKNOWN_KIND], minSeverity: MEDIUM) {
        totalCount
      }
      all: findings(first: 0, kinds: [GLOBAL_GRANT, BROAD_GRANT, WITHOUT_ROLES, UNKNOWN_KIND]) {
        totalCount
      }
    }
  }
`;

/** The kinds that cost no call beyond the census: an overview must not cost a call for each device. */
const cheapKinds = 'GLOBAL_GRANT,BROAD_GRANT,WITHOUT_ROLES,UNKNOWN_KIND';
const findingsAddress = (severity?: string): string =>
  `/findings?${new URLSearchParams({ kind: cheapKinds, ...(severity !== undefined && { severity }) })}`;

/** The account at a glance. Every number leads to the list that it counts. */
export const Page = () => {
  const [anew, setAnew] = useState(0);
  const [isReading, startReading] = useTransition();
  return (
    <>
      <PageHead title="Overview" query={{ text: pageQueryNode.params.text, variables: {} }}>
        <Button
          variant="default"
          leftSection={<IconRefresh size={16} aria-hidden />}
          aria-label="Read the account now"
          loading={isReading}
          onClick={() => startReading(() => setAnew((count) => count + 1))}
        >
          Now
        </Button>
      </PageHead>
      <Suspense fallback={<OverviewSkeleton />}>
        <Numbers anew={anew} />
      </Suspense>
    </>
  );
};

const Numbers = ({ anew }: { readonly anew: number }) => {
  const { census } = usePageQuery<pageOverviewQuery>(question, {}, anew);
  if (census == null) return <Text c="dimmed">The account could not be read as a whole.</Text>;
  const findings = severitiesOf(census);
  return (
    <>
      <Text size="xs" c="dimmed" mt={-12} mb="md">
        as of <time dateTime={census.asOf}>{momentText(census.asOf)}</time>
      </Text>
      <SimpleGrid cols={{ base: 2, md: 4 }} mb="md">
        <Figure label="subjects" value={census.subjectCount} address="/subjects" />
        <Figure label="assignments" value={census.assignmentCount} address="/matrix" />
        <Figure label="held everywhere" value={census.globalAssignmentCount} address="/findings?kind=GLOBAL_GRANT" />
        <Figure label="findings in the assignments alone" value={census.all?.totalCount} address={findingsAddress()} />
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2, xl: 4 }}>
        <Panel title="Subjects by type">
          <Bars
            label="Subjects by type"
            bars={census.subjectTypes.map(({ type, rawType, count }) => ({
              label: type === 'UNKNOWN' ? rawType : typeWord(type),
              count,
              address: `/subjects?type=${type}`,
            }))}
          />
        </Panel>
        <Panel title="Roles with most holders" more={{ count: census.roles.totalCount, address: '/roles' }}>
          <Bars
            label="Roles with most holders"
            bars={census.roles.edges.map(({ node, holderCount }) => ({
              label: node.name,
              count: holderCount,
              address: roleAddress(node.name),
            }))}
          />
        </Panel>
        <Panel title="Scopes with most holders" more={{ count: census.scopes.totalCount, address: '/scopes' }}>
          <Bars
            label="Scopes with most holders"
            bars={census.scopes.edges.map(({ node, holderCount }) => ({
              label:
                node.displayName ?? `${kindWord(node.kind)} ${shortUuid(node.uuid)} (${noNameWord(node.resolution)})`,
              count: holderCount,
              address: scopeAddress(node.id),
            }))}
          />
        </Panel>
        <Panel title="Findings by severity">
          {findings === undefined ? (
            <NotTold>The findings</NotTold>
          ) : (
            <Bars label="Findings by severity" bars={findings} />
          )}
          <Text size="xs" c="dimmed">
            Each leads to all that are at least as severe. Counted is what the assignments tell by themselves. Who and
            what is missing, what adds nothing, and groups that cannot be read are told by the directory, which takes
            more calls:{' '}
            <Anchor component={Link} to="/findings" inherit underline="always">
              look at all findings
            </Anchor>
          </Text>
        </Panel>
      </SimpleGrid>
    </>
  );
};

type Found = { readonly totalCount: number | null | undefined } | null | undefined;

/** How many of each severity, from how many there are of at least that; undefined where one of these could not be told. */
const severitiesOf = ({
  high,
  medium,
  all,
}: {
  readonly high: Found;
  readonly medium: Found;
  readonly all: Found;
}): readonly Bar[] | undefined =>
  high?.totalCount == null || medium?.totalCount == null || all?.totalCount == null
    ? undefined
    : [
        { label: 'high', count: high.totalCount, address: findingsAddress('HIGH') },
        { label: 'medium', count: medium.totalCount - high.totalCount, address: findingsAddress('MEDIUM') },
        { label: 'low', count: all.totalCount - medium.totalCount, address: findingsAddress('LOW') },
      ];

const Figure = ({
  label,
  value,
  address,
}: {
  readonly label: string;
  /** Absent: it could not be told. */
  readonly value: number | null | undefined;
  readonly address: string;
}) => (
  <Card withBorder padding="md" component={Link} to={address}>
    <Text fz={28} fw={600} lh={1.1}>
      {value == null ? 'not known' : countText(value)}
    </Text>
    <Text size="sm" c="dimmed">
      {label}
    </Text>
  </Card>
);

/** As the page will be, so that nothing jumps when it comes. */
const OverviewSkeleton = () => (
  <div role="status" aria-label="Loading">
    <WaitingNote isCensus />
    <SimpleGrid cols={{ base: 2, md: 4 }} mb="md">
      {['subjects', 'assignments', 'everywhere', 'findings'].map((name) => (
        <Skeleton key={name} height={85} />
      ))}
    </SimpleGrid>
    <SimpleGrid cols={{ base: 1, sm: 2, xl: 4 }}>
      {['types', 'roles', 'scopes', 'severities'].map((name) => (
        <Skeleton key={name} height={280} />
      ))}
    </SimpleGrid>
  </div>
);

interface PanelProps {
  readonly title: string;
  readonly more?: { readonly count: number | null | undefined; readonly address: string };
  readonly children: ReactNode;
}

const Panel = ({ title, more, children }: PanelProps) => (
  <Card withBorder padding="md">
    <Stack gap="sm">
      <Group justify="space-between">
        <Title order={2} size="h5">
          {title}
        </Title>
        {more !== undefined && (
          <Anchor component={Link} to={more.address} size="xs">
            all {countText(more.count)}
          </Anchor>
        )}
      </Group>
      {children}
    </Stack>
  </Card>
);
