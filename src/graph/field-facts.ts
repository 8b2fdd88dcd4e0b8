/**
 * Extensions of a field whose value follows from its object alone: the same object, asked again by the same selection, has the same. Objects all of
 * whose asked fields are so are written once an answer and then copied. For objects that repeat within an answer, as scopes do.
 */
export const ofObjectAlone = { ofObjectAlone: true } as const;

/** Whether a field was declared so. */
export const isOfObjectAlone = (extensions: Readonly<Record<string, unknown>>): boolean =>
  extensions['ofObjectAlone'] === true;
