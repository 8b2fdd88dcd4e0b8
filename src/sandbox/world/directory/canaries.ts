export type DirectoryDomain = 'users' | 'devices' | 'policies';

/** A text for a field that every client must drop: whoever finds it anywhere has found a leak, and where it comes from. */
export const canary = (domain: DirectoryDomain, field: string, uuid: string): string =>
  `CANARY-${domain}-${field}-${uuid}`;

/** A field that no description knows, as new ones appear without notice. */
export const unknownField = (domain: DirectoryDomain, uuid: string): { readonly newField: string } => ({
  newField: canary(domain, 'newField', uuid),
});
