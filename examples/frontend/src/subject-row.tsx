import { graphql, useFragment } from 'react-relay';
import type { subjectRow_subject$key } from './__generated__/subjectRow_subject.graphql.ts';
import { Link } from './location.tsx';
import { SubjectIdentity } from './subject-identity.tsx';

/** A subject and the first of its roles. */
export const SubjectRow = ({ subject: ref }: { readonly subject: subjectRow_subject$key }) => {
  const subject = useFragment(
    graphql`
      fragment subjectRow_subject on Subject {
        id
        ...subjectIdentity_subject
        roles(first: 4) {
          totalCount
          nodes {
            id
            name
            isGlobal
          }
        }
      }
    `,
    ref,
  );
  const { nodes, totalCount } = subject.roles;
  const more = (totalCount ?? nodes.length) - nodes.length;
  return (
    <li className="row">
      <SubjectIdentity subject={subject} />
      <span className="roles">
        {nodes.length === 0 && <span className="none">no roles</span>}
        {nodes.map((role) => (
          <Link to={{ name: 'role', id: role.name }} className="chip" key={role.id}>
            {role.name}
            {role.isGlobal && <span className="everywhere">everywhere</span>}
          </Link>
        ))}
        {more > 0 && (
          <Link to={{ name: 'subject', id: subject.id }} className="more">
            {more} more
          </Link>
        )}
      </span>
    </li>
  );
};
