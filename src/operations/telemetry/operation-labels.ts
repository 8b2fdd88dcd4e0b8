import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.ts';

interface OperationLabelsOptions {
  /** Told of a name that is no label any more: what was counted under it can go. */
  readonly onForgotten: (name: string) => void;
}

/**
 * Which names of operations are labels of a metric. Clients choose names, and each label is a row that is kept: so only those of the manifest are labels at
 * once, any other when it has been seen often. Of these there are at most 100, and a new one takes the place of the one that was not seen for longest:
 * names that somebody makes up cannot keep those out that are asked for all the time.
 */
export const createOperationLabels = ({ onForgotten }: OperationLabelsOptions) => {
  const candidates = new LRUCache<string, number>(atMost(maxCandidates));
  const seenOften = new LRUCache<string, true>({
    ...atMost(maxSeenOften),
    dispose: (_value, name, reason) => {
      if (reason === 'evict') onForgotten(name);
    },
  });
  const ofManifest = new Set<string>();

  /** The label to count under: the name, `anonymous` where there is none, or `other`. */
  return (name: string | undefined, isTrusted: boolean): string => {
    if (name === undefined || name === '') return 'anonymous';
    if (isTrusted) {
      ofManifest.add(name);
      // It stays a label, whatever others come.
      candidates.delete(name);
      seenOften.delete(name);
      return name;
    }
    if (ofManifest.has(name) || seenOften.get(name) !== undefined) return name;
    if (name.length > maxLength) return 'other';
    const seen = (candidates.get(name) ?? 0) + 1;
    if (seen < often) {
      candidates.set(name, seen);
      return 'other';
    }
    candidates.delete(name);
    seenOften.set(name, true);
    return name;
  };
};

/** How often a name has to be seen: what somebody tries by hand is not. */
const often = 10;
const maxSeenOften = 100;
/** Names whose sightings are counted. One that comes less often than once among so many others is not found out. */
const maxCandidates = 1000;
const maxLength = 64;
