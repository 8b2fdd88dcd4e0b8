import type { ColumnType, Generated } from 'kysely';

/** As it stands in the database: a text there has no NUL and no half of a surrogate pair, and an end (`storable-text.ts`). */
export interface StoredComponent {
  readonly field: string;
  readonly uuid: string;
}

/** In a tally, in place of the number of a role: whichever it is. */
export const anyRole = 0;
/** In a tally, in place of the number of a scope: whichever it is, everywhere included. */
export const anyScope = 0;
/** In a tally, in place of the number of a scope: held everywhere. */
export const everywhere = -1;

/** The tables of the record. Migrations make them; what they mean is said here. */
export interface Tables {
  /** A whole census, different or not. Times are its `asOf` and name it: each is later than the one before. */
  census: {
    as_of: Date;
    /** `as_of` of the one before. Null: the record begins here. */
    previous: Date | null;
    /** Of all that it shows. Equal for equal censuses. */
    digest: Buffer;
    subject_count: number;
    assignment_count: number;
    /** Whether an assignment has come or gone since the one before. */
    is_different: boolean;
  };
  /** Who has held a role at any time that is still kept. */
  subject: {
    id: Generated<number>;
    reference: string;
    raw_type: string;
    /** Digest of all that it holds now. Null: nothing. */
    held: Buffer | null;
  };
  role: {
    id: Generated<number>;
    name: string;
  };
  scope: {
    id: Generated<number>;
    /** Digest of its components, in whatever order they come. */
    key: Buffer;
    /** In upstream's order. */
    components: ColumnType<readonly StoredComponent[], string, never>;
  };
  /** The same components, to find scopes by. */
  scope_component: {
    scope_id: number;
    field: string;
    uuid: string;
  };
  /** One subject, one role, one scope or everywhere, for one stretch of time. */
  assignment: {
    id: Generated<number>;
    subject_id: number;
    role_id: number;
    /** Null: everywhere. */
    scope_id: number | null;
    /** The census that showed it first. */
    valid_from: Date;
    /** The census that showed it no more. Null: it is there still. */
    valid_to: Date | null;
  };
  /** How many subjects the last census showed with a role at a scope, each once. Where nobody is, there is no row. */
  tally: {
    /** `anyRole` as well. */
    role_id: number;
    /** `everywhere` and `anyScope` as well. */
    scope_id: number;
    holders: number;
  };
  /** How many subjects of a type held something at the last census. */
  type_tally: {
    raw_type: string;
    subjects: number;
  };
}
