/**
 * Kinds of made-up uuids that only the directory has. The places and subjects of assignments have the numbers below these.
 */
export const objectKinds = {
  /** A user who holds no roles. */
  user: 20,
  /** A device that holds no roles and is no scope. */
  device: 21,
  /** A device group that has no uuid in common with a place. */
  group: 22,
  builtInPolicy: 23,
  /** A group that devices and groups name and nobody lists. */
  unlistedGroup: 24,
} as const;
