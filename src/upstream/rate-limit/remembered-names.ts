import { LRUCache } from 'lru-cache';
import { atMost } from '../../platform/at-most.ts';

/** Of so many credentials the names are remembered. */
const maxNames = 1000;

/** Derives names of a credential once, for as long as it is among those asked for last: deriving takes longer than all the rest that is done here for a call. */
export const rememberNames = <Names extends object>(
  derive: (credentialKey: string) => Names,
): ((credentialKey: string) => Names) => {
  const names = new LRUCache<string, Names>(atMost(maxNames));
  return (credentialKey) => {
    let known = names.get(credentialKey);
    if (known === undefined) names.set(credentialKey, (known = derive(credentialKey)));
    return known;
  };
};
