/**
 * What came of looking something up in the directory. `MISSING`: the source answered and does not know it. `FORBIDDEN`: it is closed to this
 * credential. `UNAVAILABLE`: it failed, is turned off, or the account has none. `NO_SOURCE`: nothing names things of this kind.
 */
const resolutions = ['FOUND', 'MISSING', 'FORBIDDEN', 'UNAVAILABLE', 'NO_SOURCE'] as const;

export type Resolution = (typeof resolutions)[number];

/** Why there is no value. */
export type Unresolved = Exclude<Resolution, 'FOUND'>;

/** A value of the directory, or why there is none. Never a rejection: names fail alone, and say so. */
export type Resolved<Value> =
  | { readonly resolution: 'FOUND'; readonly value: Value }
  | { readonly resolution: Unresolved; readonly value?: undefined };

export const found = <Value>(value: Value): Resolved<Value> => ({ resolution: 'FOUND', value });

/** What a source tells that was asked: undefined where it does not know the thing. */
export const foundOrMissing = <Value>(value: Value | undefined): Resolved<Value> =>
  value === undefined ? missing : found(value);

export const missing = { resolution: 'MISSING' } as const satisfies Resolved<never>;
export const unavailable = { resolution: 'UNAVAILABLE' } as const satisfies Resolved<never>;
export const noSource = { resolution: 'NO_SOURCE' } as const satisfies Resolved<never>;

/** The same with another value, where there is one. */
export const mapResolved = <Value, Other>(resolved: Resolved<Value>, map: (value: Value) => Other): Resolved<Other> =>
  resolved.resolution === 'FOUND' ? found(map(resolved.value)) : resolved;
