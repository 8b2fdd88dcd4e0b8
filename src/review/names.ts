import type { Directory, Named } from '../directory/directory.ts';
import type { Resolved } from '../directory/resolved.ts';
import type { Scope, Subject } from '../model/subject.ts';
import { keyPart } from '../platform/key-part.ts';

/** What subjects and scopes are called; undefined where there is no name, or none can be told. */
export interface Names {
  ofSubject(subject: Subject): Named | undefined;
  ofScope(scope: Scope): string | undefined;
  /** What stands above a scope, outermost first, joined by ` / `. */
  pathOf(scope: Scope): string | undefined;
}

/** Where nobody wants any. */
export const noNames: Names = { ofSubject: () => undefined, ofScope: () => undefined, pathOf: () => undefined };

export interface FoundNames {
  readonly names: Names;
  /** How many names and paths a source did not tell, although it may know them: it failed, or is closed. */
  readonly untold: number;
}

type NameSource = Pick<Directory, 'nameOfSubject' | 'nameOfScope' | 'pathOf'>;

/**
 * Looks up everything that the subjects of one page need at once, so that it is gathered into as few calls as possible. Never rejects: a name that
 * cannot be told is none, and counted.
 */
export const findNames = async (
  subjects: readonly Subject[],
  directory: NameSource,
  options: { readonly withPaths: boolean },
): Promise<FoundNames> => {
  const bySubject = new Map<string, Named | undefined>();
  const byScope = new Map<string, Named | undefined>();
  const paths = new Map<string, string | undefined>();
  let untold = 0;
  const take = <Value>(resolved: Resolved<Value>): Value | undefined => {
    if (resolved.resolution === 'FORBIDDEN' || resolved.resolution === 'UNAVAILABLE') untold++;
    return resolved.value;
  };

  const nameScope = async (scope: Scope): Promise<void> => {
    byScope.set(scopeKey(scope), take(await directory.nameOfScope(scope)));
  };
  const findPath = async (scope: Scope): Promise<void> => {
    const path = take(await directory.pathOf(scope));
    if (path === undefined) return;
    const steps = path.ancestors
      // A group that stands for a customer, and the customer, are one step, and neither stands above the other.
      .filter(({ uuid }, index, all) => uuid !== scope.uuid && uuid !== all[index - 1]?.uuid)
      .toReversed();
    const told = await Promise.all(steps.map(async (step) => directory.nameOfScope(step)));
    paths.set(scopeKey(scope), steps.map(({ uuid }, index) => told[index]?.value?.displayName ?? uuid).join(' / '));
  };

  const scopes = new Map<string, Scope>();
  for (const { roles } of subjects) {
    for (const role of roles) for (const scope of role.scopes) scopes.set(scopeKey(scope), scope);
  }
  await Promise.all([
    ...subjects.map(async (subject) => {
      bySubject.set(subjectKey(subject), take(await directory.nameOfSubject(subject)));
    }),
    ...[...scopes.values()].map(nameScope),
    ...(options.withPaths ? [...scopes.values()].map(findPath) : []),
  ]);
  return {
    untold,
    names: {
      ofSubject: (subject) => bySubject.get(subjectKey(subject)),
      ofScope: (scope) => byScope.get(scopeKey(scope))?.displayName ?? undefined,
      pathOf: (scope) => paths.get(scopeKey(scope)),
    },
  };
};

const subjectKey = ({ rawType, reference }: Subject): string => keyPart(rawType) + reference;
const scopeKey = ({ kind, uuid }: Scope): string => keyPart(kind) + uuid;
