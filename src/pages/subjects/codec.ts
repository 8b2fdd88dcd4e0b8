import {
  createScope,
  createSubject,
  kindOfScopeField,
  noScopes,
  type Scope,
  type Subject,
} from '../../model/subject.ts';

interface PackedSubjects {
  /** Field and uuid of each component, one after the other. */
  readonly scopes: readonly (readonly string[])[];
  /** Reference, type as upstream wrote it, and roles: name and places in `scopes`. */
  readonly subjects: readonly (readonly [string, string, readonly (readonly [string, readonly number[]])[]])[];
}

/** Writes the subjects of one page without names of fields, and each scope once. */
export const packSubjects = (subjects: readonly Subject[]): PackedSubjects => {
  const places = new Map<Scope, number>();
  const scopes: string[][] = [];
  const placeOf = (scope: Scope): number => {
    let place = places.get(scope);
    if (place === undefined) {
      place = scopes.push(scope.components.flatMap(({ field, uuid }) => [field, uuid])) - 1;
      places.set(scope, place);
    }
    return place;
  };
  return {
    scopes,
    subjects: subjects.map(({ reference, rawType, roles }) => [
      reference,
      rawType,
      roles.map((role) => [role.name, role.scopes.map(placeOf)] as const),
    ]),
  };
};

/** Reads what `packSubjects` made. Throws for something else. */
export const unpackSubjects = (packed: unknown): readonly Subject[] => {
  const { scopes, subjects } = packed as PackedSubjects;
  const read = scopes.map(readScope);
  return subjects.map(([reference, rawType, roles]) =>
    createSubject(
      reference,
      rawType,
      roles.map(([name, places]) => ({
        name,
        scopes: places.length === 0 ? noScopes : places.map((place) => read[place] as Scope),
      })),
    ),
  );
};

const readScope = (parts: readonly string[]): Scope => {
  const components = Array.from({ length: parts.length / 2 }, (_, index) => {
    const field = parts[2 * index] as string;
    return { kind: kindOfScopeField(field), field, uuid: parts[2 * index + 1] as string };
  });
  return createScope(components);
};
