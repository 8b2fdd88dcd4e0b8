/** A person as user management knows it, and of that only what the graph serves. Null: upstream gave nothing. */
export interface User {
  /** Opaque. The reference of a subject of type USER, where the person is one. */
  readonly uuid: string;
  readonly displayName: string | null;
  readonly email: string | null;
  /** Further addresses that reach the person. */
  readonly otherEmails: readonly string[];
  readonly jobTitle: string | null;
  readonly department: string | null;
  /** The groups that the person is in; may lag behind the list of a group's members. */
  readonly userGroupUuids: readonly string[];
  /** Without upstream's prefix, such as `FULLY_PROTECTED`; words that we do not know as they are. */
  readonly protectionStatus: string | null;
}
