import type { AssignRoleRequest, RoleAssignment, Scope } from '../../../wire/identity.ts';
import { Problem } from '../../core/problem.ts';
import type { Settings } from '../../core/settings.ts';
import type { Directory } from '../../world/directory/directory.ts';
import { createContainment } from '../../world/visibility.ts';
import { placesOf, typeOf, unspecifiedType, type Place, type World } from '../../world/world.ts';
import type { WritableWorld } from '../../world/written-world.ts';
import { assign, revoke } from './changes.ts';
import type { RoleStore } from './role-store.ts';

/** What may be changed by whom. */
interface ChangeRights {
  /** Where assignments may be written. */
  readonly places: 'all' | readonly Place[];
  /** Whether a role may be given, or taken, everywhere. */
  readonly everywhere: boolean;
}

interface ChangeContext {
  readonly settings: Settings;
  readonly nowMs: number;
  readonly rights: ChangeRights;
}

/** The body of both calls. */
export type SubjectChange = AssignRoleRequest;

export interface SubjectChanges {
  /** Gives or takes a role. Throws a `Problem` where it is refused; then nothing is changed. */
  run(kind: 'assign' | 'revoke', change: SubjectChange, context: ChangeContext): void;
}

interface SubjectChangesParts {
  /** The world as it was before anything was written. */
  readonly world: World;
  readonly written: WritableWorld;
  readonly roles: RoleStore;
  /** Who and what else there is, where that was loaded. */
  readonly directory: () => Directory | undefined;
}

interface Subject {
  /** Undefined where the subject holds nothing yet. */
  readonly index: number | undefined;
  readonly entry: RoleAssignment;
}

/** Changes of what single subjects hold. */
export const createSubjectChanges = ({ world, written, roles, directory }: SubjectChangesParts): SubjectChanges => {
  const isKnownPlace = (place: Place): boolean => {
    if (world.has(place)) return true;
    const kind = directoryKinds[place.field];
    return kind !== undefined && directory()?.[kind].slotOf(place.uuid) !== undefined;
  };

  /** The scopes to be written; none: everywhere. */
  const checkScopes = (scopes: readonly Scope[], { settings }: ChangeContext): readonly Scope[] => {
    const filled = scopes.filter((scope) => placesOf(scope).length > 0);
    if (filled.length < scopes.length && settings.emptyScope === 'refused') throw new Problem(400, 'a scope is empty');
    if (settings.unknownScope === 'refused' && !filled.flatMap(placesOf).every(isKnownPlace)) {
      throw new Problem(400, 'a scope names something that is not there');
    }
    return filled;
  };

  const checkRights = (scopes: readonly Scope[], { rights }: ChangeContext): void => {
    if (scopes.length === 0 && !rights.everywhere) {
      throw new Problem(
        403,
        'access denied: a role that holds everywhere needs the functionality all over all static groups',
      );
    }
    if (rights.places === 'all') return;
    const liesThere = createContainment(world, rights.places);
    if (!scopes.every((scope) => placesOf(scope).some(liesThere))) {
      throw new Problem(403, 'access denied: a scope lies outside of the static groups of the caller');
    }
  };

  const typeInDirectory = (reference: string): string | undefined => {
    if (directory()?.users.slotOf(reference) !== undefined) return 'SUBJECT_TYPE_USER';
    return directory()?.devices.slotOf(reference) === undefined ? undefined : 'SUBJECT_TYPE_DEVICE';
  };

  const findSubject = (reference: string, type: string, { settings }: ChangeContext): Subject => {
    if (reference === '') throw new Problem(400, 'subject_reference is missing');
    const isAnyType = type === '' || type === unspecifiedType;
    const [found, ...more] = written.entriesOf(reference).filter(({ entry }) => isAnyType || typeOf(entry) === type);
    if (more.length > 0) throw new Problem(400, 'several subjects have this reference: say the type');
    if (found !== undefined) return found;
    const known = typeInDirectory(reference);
    const isKnown = known !== undefined && (isAnyType || known === type);
    if (!isKnown && !settings.anySubject) throw new Problem(404, 'there is no such subject');
    const subjectType = isKnown ? known : type;
    return { index: undefined, entry: { subjectReference: reference, ...(subjectType === '' ? {} : { subjectType }) } };
  };

  return {
    run(kind, { role = {}, subjectReference = '', subjectType = '' }, context) {
      const { roleName = '' } = role;
      if (roles.originOf(roleName) === undefined) throw new Problem(400, 'there is no such role');
      const scopes = checkScopes(role.scopes ?? [], context);
      checkRights(scopes, context);
      const { index, entry } = findSubject(subjectReference, subjectType, context);
      const held = entry.roles ?? [];
      const next = (kind === 'assign' ? assign : revoke)(held, { roleName, scopes }, context.settings);
      const isSame = next.length === held.length && next.every((role, i) => role === held[i]);
      if (!isSame) written.setRoles(index, entry, next, context.nowMs + context.settings.visibleAfterMs);
    },
  };
};

/** Which objects of the directory a scope field names. */
const directoryKinds: Readonly<Record<string, 'users' | 'devices' | 'groups' | 'policies'>> = {
  userUuid: 'users',
  deviceUuid: 'devices',
  assetGroupUuid: 'groups',
  policyUuid: 'policies',
};
