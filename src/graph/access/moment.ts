/** A time of the gateway's clock, as `DateTime` is written. */
export const writeMoment = (timeMs: number): string => new Date(timeMs).toISOString();
