/** Bounds of the client that protect the gateway, and that no deployment has had a reason to move. */
export const clientBounds = {
  /** Largest answer that is read: about a page of a thousand subjects with a thousand scopes each. */
  maxBodyBytes: 67_108_864,
  /** Calls of one caller that may wait for the rate limit: more than the longest deadline of 150 s lets through at ten a second. */
  maxWaitingPerCaller: 2000,
  /** Connections at the same time. A slow question holds one for up to 50 s; further ones wait for a connection. */
  maxConnections: 256,
} as const;
