/** Something that roles can allow. Its name is all that upstream tells. */
export interface Permission {
  /** Opaque: to be sent to the letter as it was read. */
  readonly name: string;
}
