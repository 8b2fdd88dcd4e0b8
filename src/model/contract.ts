/** Bounds of ESET Connect, as its documentation states them, each once. Text bounds are in characters. */

/** What one call goes to: hosts of their own, with rights of their own. `token` is where API users log in. */
export const domains = ['identity', 'users', 'devices', 'policies', 'token'] as const;

export type Domain = (typeof domains)[number];

/** Largest page of any list (`pageSize`): more is treated as this. */
export const maxListPageSize = 1000;

/** `pageToken`, of any list. */
export const maxPageTokenLength = 128;

/** `subjectReference`, and the uuids and names that stand in paths. */
export const maxReferenceLength = 100;

/** `orderBy` of role assignments; no other list has an order. */
export const maxOrderByLength = 100;

/** Uuids of one `users:batchGetUsers`. */
export const maxUsersInBatch = 1000;

/**
 * Uuids of one `devices:batchGet`. The documentation states no bound, but they stand in the address: a hundred keep it at 5 kB, under the 8 kB that
 * servers and proxies commonly take.
 */
export const maxDevicesInBatch = 100;
