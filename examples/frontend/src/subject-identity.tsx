import { graphql, useFragment } from 'react-relay';
import type { subjectIdentity_subject$key } from './__generated__/subjectIdentity_subject.graphql.ts';
import { Link } from './location.tsx';
import { wordOf } from './words.ts';

/** Who a subject is, in one line, with a link to its roles. */
export const SubjectIdentity = ({ subject: ref }: { readonly subject: subjectIdentity_subject$key }) => {
  const subject = useFragment(
    graphql`
      fragment subjectIdentity_subject on Subject {
        id
        reference
        type
        rawType
      }
    `,
    ref,
  );
  return (
    <span className="identity">
      <TypeBadge type={subject.type} rawType={subject.rawType} />
      <Link to={{ name: 'subject', id: subject.id }} className="reference">
        {subject.reference}
      </Link>
    </span>
  );
};

interface TypeBadgeProps {
  readonly type: string;
  /** What to show for a type that the graph does not know. */
  readonly rawType: string;
}

export const TypeBadge = ({ type, rawType }: TypeBadgeProps) => (
  <span className={`badge type-${type.toLowerCase().replaceAll('_', '-')}`} title={rawType}>
    {type === 'UNKNOWN' ? wordOf(rawType.replace(/^SUBJECT_TYPE_/, '')) : wordOf(type)}
  </span>
);
