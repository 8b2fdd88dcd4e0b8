import { startTransition, useCallback, useEffect, useRef, useState } from 'react';
import { useSession } from '../session/session.tsx';
import { type FollowedChanges, followChanges, type ToldChange } from './follow-changes.ts';

/** How a list of changes keeps up with the record. */
export interface LiveChanges {
  /** `live`: whatever is recorded comes by itself. `ended`: it does not, and will not. */
  readonly state: 'connecting' | 'live' | 'paused' | 'ended';
  /** Counts readings: the list is to be read again where it grows. */
  readonly reading: number;
  /** Ids of the changes that came by themselves. */
  readonly fresh: ReadonlySet<string>;
  /** Changes that have come and are not shown yet: whoever reads further down is not to lose their place. */
  readonly waiting: number;
  /** Shows what waits. */
  readonly show: () => void;
}

/** A census tells its changes one after another: they are shown together. */
const gatherMs = 300;
/** Nearer to the top than this, new rows come in by themselves. */
const topPx = 160;

/**
 * Follows the changes that meet `followed`, while the page is in sight and the user is signed in. `isWanted` says which of them are in the list.
 * Where events may have been missed the list is read again.
 */
export const useLiveChanges = (
  followed: FollowedChanges,
  isWanted: (change: ToldChange) => boolean = everyChange,
): LiveChanges => {
  const { credential, generation, isExpired, askAgain } = useSession();
  const [state, setState] = useState<LiveChanges['state']>('connecting');
  const [shown, setShown] = useState<{ readonly reading: number; readonly fresh: ReadonlySet<string> }>(nothingShown);
  const [waiting, setWaiting] = useState(0);
  const come = useRef(new Set<string>());
  const wanted = useRef(isWanted);
  useEffect(() => {
    wanted.current = isWanted;
  }, [isWanted]);

  const read = useCallback(() => {
    setWaiting(0);
    const fresh = new Set(come.current);
    startTransition(() => setShown(({ reading }) => ({ reading: reading + 1, fresh })));
  }, []);
  const show = useCallback(() => {
    window.scrollTo({ top: 0 });
    read();
  }, [read]);

  const key = JSON.stringify(followed);
  useEffect(() => {
    come.current.clear();
    setWaiting(0);
    if (isExpired) {
      setState('ended');
      return undefined;
    }
    let stop: (() => void) | undefined;
    let timer: number | undefined;
    let mayHaveMissed = false;
    let gathered = 0;

    const deliver = (): void => {
      timer = undefined;
      if (window.scrollY < topPx) read();
      else setWaiting((count) => count + gathered);
      gathered = 0;
    };
    const note = (change: ToldChange): void => {
      if (!wanted.current(change) || come.current.has(change.id)) return;
      come.current.add(change.id);
      gathered += 1;
      timer ??= window.setTimeout(deliver, gatherMs);
    };
    const begin = (): void => {
      setState('connecting');
      stop = followChanges({
        credential,
        variables: JSON.parse(key) as FollowedChanges,
        onChange: note,
        onConnection: (isConnected) => {
          setState(isConnected ? 'live' : 'connecting');
          if (isConnected && mayHaveMissed) read();
          mayHaveMissed = !isConnected;
        },
        onRefused: (code) => {
          setState('ended');
          // Whatever is asked next shows that the sign-in has ended.
          if (code === 'UNAUTHENTICATED') askAgain();
        },
      });
    };
    const end = (): void => {
      stop?.();
      stop = undefined;
      window.clearTimeout(timer);
      timer = undefined;
    };
    const look = (): void => {
      if (document.hidden) {
        end();
        mayHaveMissed = true;
        setState('paused');
      } else if (stop === undefined) begin();
    };
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
      end();
    };
  }, [credential, generation, isExpired, key, read, askAgain]);
  return { state, ...shown, waiting, show };
};

const everyChange = (): boolean => true;
const nothingShown = { reading: 0, fresh: new Set<string>() };
