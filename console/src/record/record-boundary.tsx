import { Component, type ReactNode } from 'react';
import { GraphError } from '../session/graph-error.ts';
import { useSession } from '../session/session.tsx';
import { Failed } from '../shared/route-error.tsx';

/** What the graph refuses of the record is said in its place: what stands around it stays. Another `question` is another try. */
export const RecordBoundary = ({ question, children }: { readonly question: string; readonly children: ReactNode }) => {
  const { generation, askAgain } = useSession();
  return (
    <Boundary key={`${generation}/${question}`} onRetry={askAgain}>
      {children}
    </Boundary>
  );
};

interface BoundaryProps {
  readonly onRetry: () => void;
  readonly children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { readonly error: GraphError | undefined }> {
  override readonly state = { error: undefined };

  static getDerivedStateFromError(error: unknown): { readonly error: GraphError } {
    // A mistake of the page is the page's to tell.
    if (!(error instanceof GraphError)) throw error;
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return <Failed error={error} onRetry={this.props.onRetry} explanations={ofRecord} />;
  }
}

/** The code says "later"; here it is not ESET Connect that is away. */
const ofRecord = {
  UPSTREAM_UNAVAILABLE: {
    title: 'The record cannot be reached',
    wayOut: 'Its database does not answer just now. Everything else goes on; try again in a minute.',
  },
};
