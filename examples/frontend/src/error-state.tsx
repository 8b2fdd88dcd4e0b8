import { useEffect, useState } from 'react';
import { explanations, type GraphError } from './graph-error.ts';
import { Link } from './location.tsx';
import { SignIn } from './sign-in.tsx';

interface ErrorStateProps {
  readonly error: GraphError;
  readonly onRetry: () => void;
  /** Present where the failure met a list that is partly shown: reads it anew from its beginning. Default: `onRetry`. */
  readonly onStartOver?: () => void;
}

/** Says what went wrong and what can be done about it. */
export const ErrorState = ({ error, onRetry, onStartOver = onRetry }: ErrorStateProps) => {
  const { title, text, remedy } = explanations[error.code];
  return (
    <section className="card failure" role="alert" data-code={error.code}>
      <h2>{title}</h2>
      <p>{text}</p>
      {remedy === 'sign-in' && <SignIn />}
      {remedy === 'wait' && <Waiting waitMs={error.retryAfterMs ?? defaultWaitMs} onRetry={onRetry} />}
      {(remedy === 'retry' || remedy === 'ask-administrator') && (
        <button type="button" onClick={onRetry}>
          Try again
        </button>
      )}
      {remedy === 'start-over' && (
        <button type="button" onClick={onStartOver}>
          Start over
        </button>
      )}
      {remedy === 'change-question' && (
        <>
          <p className="detail">{error.message}</p>
          <Link to={{ name: 'subjects', filter: {} }} className="button">
            All subjects
          </Link>
        </>
      )}
      {error.requestId !== undefined && (
        <p className="detail">
          Request id: <code>{error.requestId}</code>
        </p>
      )}
    </section>
  );
};

const defaultWaitMs = 5000;
/** Beyond this a person decides when to try again. */
const maxWaitMs = 120_000;

const Waiting = ({ waitMs, onRetry }: { readonly waitMs: number; readonly onRetry: () => void }) => {
  const [secondsLeft, setSecondsLeft] = useState(Math.max(1, Math.ceil(waitMs / 1000)));
  const isAutomatic = waitMs <= maxWaitMs;
  useEffect(() => {
    if (!isAutomatic) return undefined;
    if (secondsLeft === 0) {
      onRetry();
      return undefined;
    }
    const timer = setTimeout(() => setSecondsLeft(secondsLeft - 1), 1000);
    return () => clearTimeout(timer);
  }, [isAutomatic, secondsLeft, onRetry]);
  return (
    <p className="waiting">
      <button type="button" onClick={onRetry}>
        Try now
      </button>
      {/* Counting aloud would keep a screen reader busy. */}
      <span aria-hidden={isAutomatic}>
        {isAutomatic ? `Trying again in ${secondsLeft} s` : `Best in about ${Math.ceil(waitMs / 60_000)} minutes`}
      </span>
    </p>
  );
};
