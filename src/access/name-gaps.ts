import type { Resolution } from '../directory/resolved.ts';

/** Where names come from. */
const nameSources = ['USERS', 'DEVICES', 'DEVICE_GROUPS', 'POLICIES'] as const;

export type NameSource = (typeof nameSources)[number];

/** A source that was asked and could not be read, and why. */
export interface NameGap {
  readonly source: NameSource;
  readonly resolution: Resolution;
}

/** Gathers what could not be read while names are looked up. */
export interface NameGaps {
  note(source: NameSource, resolution: Resolution): void;
  /** One for each source, in the order of `nameSources`. */
  list(): readonly NameGap[];
}

export const createNameGaps = (): NameGaps => {
  const found = new Map<NameSource, Resolution>();
  return {
    note(source, resolution) {
      // A source that is closed stays so; one that failed may answer next time.
      if (resolution === 'FORBIDDEN' || (resolution === 'UNAVAILABLE' && !found.has(source))) {
        found.set(source, resolution);
      }
    },
    list: () =>
      nameSources.flatMap((source) => {
        const resolution = found.get(source);
        return resolution === undefined ? [] : [{ source, resolution }];
      }),
  };
};
