/** A policy, without what it configures. Null: upstream gave nothing. */
export interface Policy {
  /** Opaque. */
  readonly uuid: string;
  readonly displayName: string | null;
  readonly description: string | null;
  /** Comes with the product and cannot be changed. */
  readonly isBuiltIn: boolean;
}
