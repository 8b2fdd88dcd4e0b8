import type { ScopeKind } from './subject.ts';

/** A device group, which a scope calls an asset group. Null: upstream gave nothing. */
export interface DeviceGroup {
  /** Opaque. */
  readonly uuid: string;
  readonly displayName: string | null;
  /** Null at a root. The parent may be one that the caller does not see, and nothing promises that there is no cycle. */
  readonly parentUuid: string | null;
  /** A static group holds devices that were put there, and can be a scope; a dynamic one holds those that meet a condition. */
  readonly isStatic: boolean;
  /**
   * What kind of thing the group stands for; upstream never says which one. `UNKNOWN`: something that is no scope, such as a household, or
   * a kind that was added later.
   */
  readonly linkedTo: ScopeKind | null;
}

/** A device as the list of a group's devices names it. With subgroups it comes once for each group that it is in. */
export interface GroupMember {
  readonly uuid: string;
  readonly displayName: string | null;
  readonly groupUuid: string | null;
}
