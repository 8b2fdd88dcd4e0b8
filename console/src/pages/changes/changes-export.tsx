import { graphql, useRelayEnvironment } from 'react-relay';
import { type Cell, csvName, csvOf } from '../../shared/csv.ts';
import { readAll } from '../../shared/read-all.ts';
import { SaveButton } from '../../shared/save-button.tsx';
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

/** Saves the changes of the list. `/export` knows what is held now alone, so these come from the graph. */
export const ChangesExport = ({
  variables,
}: {
  readonly variables: Omit<changesExportQuery['variables'], 'cursor'>;
}) => {
  const environment = useRelayEnvironment();
  const make = async () => {
    const changes = await readAll<changesExportQuery, Change>(environment, question, {
      variables,
      partOf: ({ record }) => record?.changes,
    });
    return {
      name: csvName('changes'),
      content: csvOf(
        ['change', ...grantHeader, 'not_before', 'seen_at'],
        changes.map((change) => [change.kind, ...grantCells(change), change.notBefore, change.seenAt]),
      ),
    };
  };
  return <SaveButton label="Export as CSV" make={make} />;
};

/** Saves what was held at a moment. */
export const HeldThenExport = ({
  variables,
}: {
  readonly variables: Omit<changesExportThenQuery['variables'], 'cursor'>;
}) => {
  const environment = useRelayEnvironment();
  const make = async () => {
    const held = await readAll<changesExportThenQuery, Held>(environment, thenQuestion, {
      variables,
      partOf: ({ record }) => record?.assignmentsAt,
    });
    return {
      name: csvName(`held-${variables.time.slice(0, 10)}`),
      content: csvOf(
        [...grantHeader, 'from', 'until'],
        held.map((one) => [...grantCells(one), one.from, one.until]),
      ),
    };
  };
  return <SaveButton label="Export as CSV" make={make} />;
};
