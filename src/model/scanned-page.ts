/**
 * A page of subjects as the bytes that upstream sent, and where in them everything stands. For who has them and makes a subject's fields only where these are asked for, and
 * for who copies what is there into an answer.
 */
export interface ScannedBytes {
  /** A body all of whose texts are ASCII, and stand there as they are, each in quotation marks. */
  readonly bytes: DataView;
  readonly places: Places;
  /** The most scopes that a role of it has. */
  readonly mostScopes: number;
}

/**
 * One subject after the other: from and to of its reference and of its type, and how many roles; of each role from and to of its name, and how many scopes; of each scope
 * how many components, and the place of the narrowest; of each component its kind, by its place in `scopeKinds`, and from and to of its uuid. What is not there has from and
 * to of 0.
 */
export type Places = Int32Array;

/** How many places a subject takes, without its roles. */
export const subjectPlaces = 5;
/** How many a role takes, without its scopes. */
export const rolePlaces = 3;
/** How many a scope takes, without its components. */
export const scopePlaces = 2;
/** How many a component of a scope takes. */
export const componentPlaces = 3;

/** Where what comes behind a scope begins. */
export const endOfScope = (places: Places, at: number): number =>
  at + scopePlaces + componentPlaces * (places[at] as number);

/** Whether two texts are the same whose from and to stand there. From the end: names and types begin alike. */
export const areAlike = ({ bytes, places }: ScannedBytes, place: number, other: number): boolean => {
  const from = places[place] as number;
  const back = from - (places[other] as number);
  let at = places[place + 1] as number;
  if (at - back !== (places[other + 1] as number)) return false;
  while (--at >= from) if (bytes.getUint8(at) !== bytes.getUint8(at - back)) return false;
  return true;
};

/** A subject that stands in such a page. */
export interface SubjectInBytes {
  readonly page: ScannedBytes;
  /** Where its places begin. */
  readonly start: number;
}
