import { graphql } from 'react-relay';
import type { Cell } from '../../shared/csv.ts';
import { ListExport } from '../../shared/list-export.tsx';
import type { changesExportQuery } from '../../__generated__/changesExportQuery.graphql';
import type { changesExportThenQuery } from '../../__generated__/changesExportThenQuery.graphql';

const question = graphql`
  query changesExportQuery(
    $subject: SubjectInput
    $roleName: String
    $scope: ScopeInput
    $kinds: [ChangeKind!]
    $since: DateTime
    $until: DateTime
    $cursor: String
  ) {
    record {
      changes(
        first: 1000
        after: $cursor
        subject: $subject
        roleName: $roleName
        scope: $scope
        kinds: $kinds
        since: $since
        until: $until
      ) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          kind
          roleName
          seenAt
          notBefore
          subject {
            type
            reference
            displayName
          }
          scope {
            kind
            uuid
            displayName
          }
        }
      }
    }
  }
`;

const thenQuestion = graphql`
  query changesExportThenQuery(
    $time: DateTime!
    $subject: SubjectInput
    $roleName: String
    $scope: ScopeInput
    $cursor: String
  ) {
    record {
      assignmentsAt(time: $time, first: 1000, after: $cursor, subject: $subject, roleName: $roleName, scope: $scope) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          roleName
          from
          until
          subject {
            type
            reference
            displayName
          }
          scope {
            kind
            uuid
            displayName
          }
        }
      }
    }
  }
`;

type Change = NonNullable<changesExportQuery['response']['record']>['changes']['nodes'][number];
type Held = NonNullable<changesExportThenQuery['response']['record']>['assignmentsAt']['nodes'][number];

/** As `rolescope diff` and `/export` name them. */
const grantHeader = [
  'subject_type',
  'subject_reference',
  'subject_name',
  'role',
  'everywhere',
  'scope_kind',
  'scope_uuid',
  'scope_name',
];

const grantCells = ({ subject, roleName, scope }: Change | Held): readonly Cell[] => [
  subject.type,
  subject.reference,
  subject.displayName,
  roleName,
  scope == null,
  scope?.kind,
  scope?.uuid,
  scope?.displayName,
];

/** Saves the changes of the list. */
export const ChangesExport = ({
  variables,
}: {
  readonly variables: Omit<changesExportQuery['variables'], 'cursor'>;
}) => (
  <ListExport<changesExportQuery, Change>
    name="changes"
    question={question}
    variables={variables}
    partOf={({ record }) => record?.changes}
    header={['change', ...grantHeader, 'not_before', 'seen_at']}
    cellsOf={(change) => [change.kind, ...grantCells(change), change.notBefore, change.seenAt]}
  />
);

/** Saves what was held at a moment. */
export const HeldThenExport = ({
  variables,
}: {
  readonly variables: Omit<changesExportThenQuery['variables'], 'cursor'>;
}) => (
  <ListExport<changesExportThenQuery, Held>
    name={`held-${variables.time.slice(0, 10)}`}
    question={thenQuestion}
    variables={variables}
    partOf={({ record }) => record?.assignmentsAt}
    header={[...grantHeader, 'from', 'until']}
    cellsOf={(one) => [...grantCells(one), one.from, one.until]}
  />
);
