import { graphql, useLazyLoadQuery } from 'react-relay';
import type { subjectViewQuery } from './__generated__/subjectViewQuery.graphql.ts';
import { Asked, type Asking } from './asked.tsx';
import { Nothing, Page, WaitingRows } from './page.tsx';
import { RoleList } from './role-list.tsx';
import { TypeBadge } from './subject-identity.tsx';

/** One subject: its roles, and where each of them holds. */
export const SubjectView = ({ id }: { readonly id: string }) => (
  <Asked waiting={<WaitingRows label="Loading the subject" />}>{(asking) => <Subject id={id} asking={asking} />}</Asked>
);

const Subject = ({ id, asking }: { readonly id: string; readonly asking: Asking }) => {
  const { node } = useLazyLoadQuery<subjectViewQuery>(
    graphql`
      query subjectViewQuery($id: ID!) {
        node(id: $id) {
          ... on Subject {
            __typename
            reference
            type
            rawType
            ...roleList_subject @alias(as: "asHolder")
          }
        }
      }
    `,
    { id },
    asking,
  );
  if (node?.['__typename'] !== 'Subject') {
    return (
      <Page title="Nobody here" tabTitle="Nobody here">
        <Nothing title="No such subject">It was removed, or your account may no longer see it.</Nothing>
      </Page>
    );
  }
  return (
    <Page
      kind="Subject"
      title={
        <>
          <span className="reference">{node.reference}</span> <TypeBadge type={node.type} rawType={node.rawType} />
        </>
      }
      tabTitle={node.reference}
    >
      {node.asHolder && <RoleList subject={node.asHolder} />}
    </Page>
  );
};
