import { promisify } from 'node:util';
import { constants, deflateRaw, inflateRaw } from 'node:zlib';
import type { Page } from '../model/page.ts';
import { createScope, createSubject, kindOfScopeField, type Scope } from '../model/subject.ts';

/** A page as JSON, without names and with each scope once. */
interface PackedPage {
  /** Field and uuid of each component, one after the other. */
  readonly scopes: readonly (readonly string[])[];
  /** Reference, type as upstream wrote it, and roles: name and places in `scopes`. */
  readonly subjects: readonly (readonly [string, string, readonly (readonly [string, readonly number[]])[]])[];
  readonly rest: Omit<Page, 'subjects'>;
}

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/** Writes a page small. The compression does not hold up this thread. */
export const encodePage = (page: Page): Promise<Buffer> =>
  deflate(JSON.stringify(packPage(page)), { level: constants.Z_BEST_SPEED });

/** Reads what `encodePage` wrote; rejects for anything else that is no such text. */
export const decodePage = async (bytes: Buffer): Promise<Page> =>
  unpackPage(JSON.parse((await inflate(bytes)).toString('utf8')) as PackedPage);

const packPage = ({ subjects, ...rest }: Page): PackedPage => {
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
    rest,
  };
};

const unpackPage = ({ scopes, subjects, rest }: PackedPage): Page => {
  const read = scopes.map(readScope);
  return {
    ...rest,
    subjects: subjects.map(([reference, rawType, roles]) =>
      createSubject(
        reference,
        rawType,
        roles.map(([name, places]) => ({
          name,
          scopes: places.length === 0 ? noScopes : places.map((place) => read[place] as Scope),
        })),
      ),
    ),
  };
};

const noScopes: readonly Scope[] = [];

const readScope = (parts: readonly string[]): Scope => {
  const components = Array.from({ length: parts.length / 2 }, (_, index) => {
    const field = parts[2 * index] as string;
    return { kind: kindOfScopeField(field), field, uuid: parts[2 * index + 1] as string };
  });
  return createScope(components);
};
