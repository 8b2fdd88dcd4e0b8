import { useCallback, useEffect, useRef, useState } from 'react';
import { ErrorState } from './error-state.tsx';
import { type GraphError, graphErrorOf } from './graph-error.ts';

interface LoadMoreProps {
  readonly hasNext: boolean;
  readonly isLoadingNext: boolean;
  readonly loadNext: (count: number, options: { onComplete: (error: Error | null) => void }) => unknown;
  /** How many items are shown now. */
  readonly shown: number;
  /** Reads the list anew from its beginning. */
  readonly onStartOver: () => void;
}

const pageSize = 50;

/**
 * The end of a list that goes on: comes near, and the next page is loaded. A filtered list can stop without having found more, because one
 * question may cost only so many upstream calls; then a person decides whether to search on.
 */
export const LoadMore = ({ hasNext, isLoadingNext, loadNext, shown, onStartOver }: LoadMoreProps) => {
  const [error, setError] = useState<GraphError>();
  const [shownBefore, setShownBefore] = useState(0);
  const end = useRef<HTMLDivElement>(null);
  const isAutomatic = hasNext && !isLoadingNext && error === undefined && shown > shownBefore;

  const load = useCallback(() => {
    setError(undefined);
    setShownBefore(shown);
    loadNext(pageSize, { onComplete: (failure) => failure !== null && setError(graphErrorOf(failure)) });
  }, [loadNext, shown]);

  useEffect(() => {
    if (!isAutomatic || end.current === null) return undefined;
    const observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) load();
      },
      { rootMargin: '400px' },
    );
    observer.observe(end.current);
    return () => observer.disconnect();
  }, [isAutomatic, load]);

  if (error !== undefined) {
    const startOver = () => {
      setError(undefined);
      setShownBefore(0);
      onStartOver();
    };
    return <ErrorState error={error} onRetry={load} onStartOver={startOver} />;
  }
  if (!hasNext) return shown > pageSize ? <p className="end">That is all.</p> : null;
  return (
    <div ref={end} className="end">
      {isLoadingNext ? (
        <span role="status">Loading more…</span>
      ) : (
        <button type="button" className="quiet" onClick={load}>
          {shown > shownBefore ? 'Load more' : 'Nothing more found so far. Search on'}
        </button>
      )}
    </div>
  );
};
