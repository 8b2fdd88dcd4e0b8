import type { Scope, ScopedRole, Subject } from '../model/subject.ts';
import type { Doubts } from './finding-doubts.ts';
import { type FindingKind, hasUnknownField, isBroad } from './finding-kinds.ts';
import { distinctInOrder, type Found } from './finding-lists.ts';

/** What looks wrong with one subject, of the kinds asked for: in order, each once. And how much there was to look at. */
export const findInSubject = (
  subject: Subject,
  asked: ReadonlySet<FindingKind>,
  doubts: Doubts,
): { readonly found: readonly Found[]; readonly looks: number } => {
  const finder = new SubjectFinder(asked);
  const looks = finder.look(subject, doubts);
  return { found: distinctInOrder(finder.found), looks };
};

/** Finds what looks wrong with one subject. */
class SubjectFinder {
  /** In no particular order; what is listed twice comes twice. */
  readonly found: Found[] = [];
  readonly #asked: ReadonlySet<FindingKind>;

  constructor(asked: ReadonlySet<FindingKind>) {
    this.#asked = asked;
  }

  /** Answers how much there was to look at. */
  look(subject: Subject, doubts: Doubts): number {
    // A look at the roles of a kept subject may make them.
    const { type, roles } = subject;
    if (doubts.isMissingSubject(subject)) this.#add('MISSING_SUBJECT', nowhere);
    if (roles.length === 0) this.#add('WITHOUT_ROLES', nowhere);
    if (type === 'UNKNOWN') this.#add('UNKNOWN_KIND', nowhere);
    const isUnreadable = doubts.isUnreadable(subject);
    let looks = 1;
    for (let roleAt = 0; roleAt < roles.length; roleAt++) {
      const scopedRole = roles[roleAt] as ScopedRole;
      const { scopes } = scopedRole;
      looks += 1 + scopes.length;
      if (scopes.length === 0) {
        const everywhere: Grant = { scopedRole, roleAt, scope: null, scopeAt: 0 };
        this.#add('GLOBAL_GRANT', everywhere);
        if (isUnreadable) this.#add('GRANT_THROUGH_UNREADABLE_GROUP', everywhere);
      }
      for (let scopeAt = 0; scopeAt < scopes.length; scopeAt++) {
        const scope = scopes[scopeAt] as Scope;
        const grant: Grant = { scopedRole, roleAt, scope, scopeAt };
        if (isBroad(scope)) this.#add('BROAD_GRANT', grant);
        if (doubts.isMissingScope(scope)) this.#add('MISSING_SCOPE', grant);
        const because = doubts.givenAlready(scopedRole, scope);
        if (because !== undefined) this.#add('REDUNDANT_GRANT', grant, because);
        if (isUnreadable) this.#add('GRANT_THROUGH_UNREADABLE_GROUP', grant);
        if (hasUnknownField(scope)) this.#add('UNKNOWN_KIND', grant);
      }
    }
    return looks;
  }

  #add(kind: FindingKind, { scopedRole, roleAt, scope, scopeAt }: Grant, because?: Scope | null): void {
    // Spelled out: a spread makes a hidden class of its own for each of half a million.
    if (this.#asked.has(kind)) this.found.push({ kind, scopedRole, roleAt, scope, scopeAt, because });
  }
}

type Grant = Pick<Found, 'scopedRole' | 'roleAt' | 'scope' | 'scopeAt'>;

const nowhere: Grant = { scopedRole: null, roleAt: 0, scope: null, scopeAt: 0 };
