import type { Domain } from '../domain.ts';

/** A text for something that every client must drop: whoever finds it anywhere has found a leak, and where it comes from. */
export const canary = (from: Domain | 'errors', field: string, id: string): string => `CANARY-${from}-${field}-${id}`;

/** A field that no description knows, as new ones appear without notice. */
export const unknownField = (domain: Domain, id: string): { readonly newField: string } => ({
  newField: canary(domain, 'newField', id),
});
