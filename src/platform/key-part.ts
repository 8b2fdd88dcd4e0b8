/** A text as part of a key. Unambiguous however many parts follow one another: the length says where the text ends. */
export const keyPart = (text: string | null | undefined): string =>
  text === undefined || text === null ? '-' : `${text.length}:${text}`;
