import { Anchor, Group, Text } from '@mantine/core';
import { graphql, readInlineData } from 'react-relay';
import { Link, useLocation } from 'react-router';
import { DataTable } from '../../shared/data-table.tsx';
import { ScopeName, SubjectName } from '../../shared/names.tsx';
import { NotTold } from '../../shared/not-told.tsx';
import { useTabQuery } from '../../shared/open-query.tsx';
import { countText } from '../../shared/words.ts';
import { type AccessLine, accessLines, type People } from './access-lines.ts';
import { accessColumns } from './access-columns.tsx';
import { AccessSummary } from './access-summary.tsx';
import type { accessByWay_people$key } from '../../__generated__/accessByWay_people.graphql';
import type { accessByWayQuery } from '../../__generated__/accessByWayQuery.graphql';

/** Everybody who can act at a scope, below the way in which they can. Of each way as many as one looks at: it leads to all of them. */
export const AccessByWay = ({ id }: { readonly id: string }) => {
  const { node } = useTabQuery<accessByWayQuery>(
    graphql`
      query accessByWayQuery($id: ID!) {
        node(id: $id) {
          ... on Scope @alias(as: "scope") {
            ancestors {
              id
            }
            access(first: 0) {
              asOf
              gaps
              totalCount
            }
            direct: access(first: 50, reasons: [DIRECT]) {
              ...accessByWay_people
            }
            inherited: access(first: 50, reasons: [INHERITED]) {
              ...accessByWay_people
            }
            everywhere: access(first: 50, reasons: [GLOBAL]) {
              ...accessByWay_people
            }
          }
        }
      }
    `,
    { id },
  );
  if (node?.scope == null) return null;
  const { access, direct, inherited, everywhere, ancestors } = node.scope;
  if (access == null || direct == null || inherited == null || everywhere == null)
    return <NotTold>Who has access here</NotTold>;
  const lines = accessLines(
    { DIRECT: peopleOf(direct), INHERITED: peopleOf(inherited), GLOBAL: peopleOf(everywhere) },
    (ancestors ?? []).map((scope) => scope.id),
  );
  return (
    <>
      <AccessSummary {...access} />
      <DataTable
        label="Who has access here"
        rows={lines}
        keyOf={({ key }) => key}
        headingOf={headingOf}
        empty="Nobody, as far as is known."
        columns={accessColumns((line: AccessLine) => (line.row === 'who' ? line : undefined))}
      />
    </>
  );
};

const peopleOf = (key: accessByWay_people$key): People =>
  readInlineData(
    graphql`
      fragment accessByWay_people on ScopeAccessConnection @inline {
        totalCount
        edges {
          node {
            id
            type
            ...names_subject
          }
          reasons {
            kind
            memberOf {
              uuid
            }
            path {
              id
              ...names_scope
            }
            scopedRole {
              id
              subject {
                id
                ...names_subject
              }
            }
            ...reasons_reason
          }
        }
      }
    `,
    key,
  );

const headingOf = (line: AccessLine) => {
  switch (line.row) {
    case 'heading':
      return <Heading {...line} />;
    case 'rest':
      return <Rest {...line} />;
    default:
      return undefined;
  }
};

const Heading = ({ section, count, isWhole }: Extract<AccessLine, { row: 'heading' }>) => {
  const first = section.by === 'INHERITED' ? section.of.path[0] : undefined;
  return (
    <Group gap={6} data-section={section.by}>
      {section.by === 'DIRECT' && 'Direct'}
      {section.by === 'INHERITED' && 'Inherited from'}
      {first !== undefined && <ScopeName scope={first} isBrief />}
      {section.by === 'GLOBAL' && 'Everywhere'}
      {section.by === 'GROUP' && (
        <>
          Through user group <SubjectName subject={section.of.scopedRole.subject} isBrief />
        </>
      )}
      <Text size="xs" c="dimmed" component="span">
        {isWhole ? countText(count) : `${countText(count)} or more`}
      </Text>
    </Group>
  );
};

const restWords = { DIRECT: 'directly', INHERITED: 'from above', GLOBAL: 'everywhere' } as const;

const Rest = ({ way, count }: Extract<AccessLine, { row: 'rest' }>) => {
  const { pathname, search } = useLocation();
  const next = new URLSearchParams(search);
  next.set('way', way);
  return (
    <Anchor component={Link} to={`${pathname}?${next}`} size="sm" fw={400}>
      Show {countText(count)} more who have it {restWords[way]}, in a list of its own
    </Anchor>
  );
};
