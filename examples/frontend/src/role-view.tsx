import { graphql, useLazyLoadQuery } from 'react-relay';
import type { roleViewQuery } from './__generated__/roleViewQuery.graphql.ts';
import { Asked, type Asking } from './asked.tsx';
import { Page, WaitingRows } from './page.tsx';
import { RoleHolders } from './role-holders.tsx';

/** One role, and everybody who holds it. */
export const RoleView = ({ roleName }: { readonly roleName: string }) => (
  <Page kind="Role" title={roleName} tabTitle={roleName}>
    <Asked waiting={<WaitingRows label="Looking for holders of the role" />}>
      {(asking) => <Holders roleName={roleName} asking={asking} />}
    </Asked>
  </Page>
);

const Holders = ({ roleName, asking }: { readonly roleName: string; readonly asking: Asking }) => {
  const { role } = useLazyLoadQuery<roleViewQuery>(
    graphql`
      query roleViewQuery($name: String!) {
        role(name: $name) {
          ...roleHolders_role
        }
      }
    `,
    { name: roleName },
    asking,
  );
  return <RoleHolders role={role} />;
};
