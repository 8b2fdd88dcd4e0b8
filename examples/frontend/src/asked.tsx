import { Component, type ReactNode, Suspense, useState } from 'react';
import { ErrorState } from './error-state.tsx';
import { graphErrorOf } from './graph-error.ts';

/** How a view has to ask: a new attempt must not be answered with what the last one got. */
export interface Asking {
  readonly fetchKey: number;
  readonly fetchPolicy: 'store-or-network' | 'network-only';
}

interface AskedProps {
  /** Shown until there is an answer. */
  readonly waiting: ReactNode;
  readonly children: (asking: Asking) => ReactNode;
}

/** What is asked of the graph: shows that it waits, then the answer, or what went wrong and what can be done about it. */
export const Asked = ({ waiting, children }: AskedProps) => {
  const [attempt, setAttempt] = useState(0);
  return (
    <Boundary key={attempt} onRetry={() => setAttempt(attempt + 1)}>
      <Suspense fallback={waiting}>
        {children({ fetchKey: attempt, fetchPolicy: attempt === 0 ? 'store-or-network' : 'network-only' })}
      </Suspense>
    </Boundary>
  );
};

interface BoundaryProps {
  readonly onRetry: () => void;
  readonly children: ReactNode;
}

class Boundary extends Component<BoundaryProps, { readonly error?: unknown }> {
  override state: { readonly error?: unknown } = {};

  static getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override render() {
    return 'error' in this.state ? (
      <ErrorState error={graphErrorOf(this.state.error)} onRetry={this.props.onRetry} />
    ) : (
      this.props.children
    );
  }
}
