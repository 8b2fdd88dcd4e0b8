/** Bounds of the client that protect the gateway, and that no deployment has had a reason to move. */
export const clientBounds = {
  /**
   * Largest answer that is read. A page of a thousand subjects has some 300 kB, with thirty roles at ten scopes each 16 MB; one of fifty policies with all that
   * they configure up to 10 MB. Reading as much holds up everybody for a fifth of a second; a page that is larger is asked for in smaller ones.
   */
  maxBodyBytes: 16_777_216,
  /** Calls of one caller that may wait for the rate limit: more than the longest deadline of 150 s lets through at ten a second. */
  maxWaitingPerCaller: 2000,
  /**
   * Connections to one domain at the same time. Ten calls a second that hang for 65 s each hold 650: a caller whose calls hang must not
   * take the last one from others.
   */
  maxConnections: 1000,
} as const;
