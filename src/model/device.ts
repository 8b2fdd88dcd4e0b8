/** A device as device management knows it, and of that only what the graph serves. Null: upstream gave nothing. */
export interface Device {
  /** Opaque. The reference of a subject of type DEVICE, where the device is one. */
  readonly uuid: string;
  readonly displayName: string | null;
  /** Without upstream's prefix, such as `NOTEBOOK`; words that we do not know as they are. */
  readonly deviceType: string | null;
  /** Name of the operating system. */
  readonly operatingSystem: string | null;
  /** When it last reported, in RFC 3339. */
  readonly lastSyncTime: string | null;
  /** Without upstream's prefix, such as `ATTENTION_REQUIRED`; words that we do not know as they are. */
  readonly functionalityStatus: string | null;
  readonly isMobile: boolean;
  /** The one static group that holds the device. */
  readonly parentGroupUuid: string | null;
  readonly tags: readonly string[];
}
