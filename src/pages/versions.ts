/**
 * Which version of the world each credential is told of, as far as this process knows: what was asked for under an earlier version may say what is
 * no longer so.
 */
export interface Versions {
  /** Grows. Ask before a call and again after it: where the two differ, the answer is good for whoever waits for it, and is not to be kept. */
  of(credentialKey: string): number;
  /** Whatever was read of this credential until now is of an earlier version. */
  renew(credentialKey: string): void;
  /** A number that was never given before, here or as a version. */
  next(): number;
}

/** So many credentials at most. Beyond that all begin a version anew, which costs them what is kept of them. */
const maxCredentials = 10_000;

export const createVersions = (): Versions => {
  const versions = new Map<string, number>();
  let last = 0;
  let oldest = 0;
  const next = (): number => ++last;
  return {
    next,
    of: (credentialKey) => versions.get(credentialKey) ?? oldest,
    renew(credentialKey) {
      if (versions.size >= maxCredentials) {
        versions.clear();
        oldest = next();
      }
      versions.set(credentialKey, next());
    },
  };
};
