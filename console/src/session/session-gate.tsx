import { type ReactNode, useEffect, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { Failed } from '../shared/route-error.tsx';
import { PageSkeleton } from '../shared/waiting.tsx';
import { ExpiredBar } from './expired-bar.tsx';
import { useSession } from './session.tsx';
import type { sessionGateQuery } from '../__generated__/sessionGateQuery.graphql';
import { SignIn } from './sign-in.tsx';

// Who asks is read from the credential alone, whatever it is worth. The list beside it is what proves it.
const question = graphql`
  query sessionGateQuery {
    viewer {
      reference
    }
    subjects(first: 0) {
      totalCount
    }
  }
`;

const whole = { networkCacheConfig: { metadata: { isWhole: true } } };

type Answer = 'waiting' | 'answered' | { readonly error: unknown };

/**
 * Lets through whom the graph answers: a proxy in front may add the credential. Whoever it does not answer signs in. A credential that
 * ends later leaves the page where it is, under a bar that asks for a new one.
 */
export const SessionGate = ({ children }: { readonly children: ReactNode }) => {
  const environment = useRelayEnvironment();
  const { isExpired, hasEntered, enter } = useSession();
  const [answer, setAnswer] = useState<Answer>('waiting');
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    setAnswer('waiting');
    const subscription = fetchQuery<sessionGateQuery>(environment, question, {}, whole).subscribe({
      complete: () => setAnswer('answered'),
      error: (error: unknown) => setAnswer({ error }),
    });
    return () => subscription.unsubscribe();
  }, [environment, attempt]);

  useEffect(() => {
    if (answer === 'answered' && !isExpired) enter();
  }, [answer, isExpired, enter]);

  if (hasEntered) {
    return (
      <>
        {isExpired && <ExpiredBar />}
        {children}
      </>
    );
  }
  if (isExpired && answer !== 'waiting') return <SignIn />;
  if (typeof answer === 'object')
    return <Failed error={answer.error} onRetry={() => setAttempt((count) => count + 1)} />;
  return <PageSkeleton />;
};
