import { graphql } from 'react-relay';
import { ListExport } from '../../shared/list-export.tsx';
import type { findingsExportQuery } from '../../__generated__/findingsExportQuery.graphql';
import type { pageFindingsQuery } from '../../__generated__/pageFindingsQuery.graphql';

const question = graphql`
  query findingsExportQuery($kinds: [FindingKind!], $minSeverity: Severity, $cursor: String) {
    census {
      findings(first: 1000, after: $cursor, kinds: $kinds, minSeverity: $minSeverity) {
        pageInfo {
          hasNextPage
          endCursor
        }
        nodes {
          kind
          severity
          explanation
          subject {
            type
            reference
            displayName
            email
          }
          scopedRole {
            name
            isGlobal
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

/** Saves the findings of the list, all of them. */
export const FindingsExport = ({ variables }: { readonly variables: pageFindingsQuery['variables'] }) => (
  <ListExport<findingsExportQuery, Finding>
    name="findings"
    question={question}
    variables={variables}
    partOf={({ census }) => census?.findings}
    header={header}
    cellsOf={rowOf}
  />
);

type Finding = NonNullable<NonNullable<findingsExportQuery['response']['census']>['findings']>['nodes'][number];

/** Those of the gateway's exports, with what is wrong before them. */
const header = [
  'severity',
  'finding',
  'subject_type',
  'subject_reference',
  'subject_name',
  'subject_email',
  'role',
  'everywhere',
  'scope_kind',
  'scope_uuid',
  'scope_name',
  'explanation',
];

const rowOf = ({ severity, kind, subject, scopedRole, scope, explanation }: Finding) => [
  severity,
  kind,
  subject.type,
  subject.reference,
  subject.displayName,
  subject.email,
  scopedRole?.name,
  scopedRole?.isGlobal,
  scope?.kind,
  scope?.uuid,
  scope?.displayName,
  explanation,
];
