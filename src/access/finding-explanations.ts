import type { Scope } from '../model/subject.ts';
import type { Finding } from './finding-kinds.ts';

/** What is wrong, and what to do about it, in one or two sentences. */
export const explain = ({ kind, subject, scopedRole, scope, because }: Omit<Finding, 'severity'>): string => {
  const who = `The ${subjectWords[subject.type]} ${subject.reference}`;
  const role = `the role ${scopedRole?.name ?? ''}`;
  const where = scope === null ? 'everywhere' : `at ${wordsOf(scope)}`;
  switch (kind) {
    case 'GLOBAL_GRANT':
      return `${who} holds ${role} everywhere, also at what will be added later. Grant it at the scopes where it is needed and revoke it here, unless it is meant for all of them.`;
    case 'BROAD_GRANT':
      return `${who} holds ${role} ${where}, which reaches all that lies in it. Grant it at the customers or groups where it is needed, unless it is meant for all of them.`;
    case 'MISSING_SUBJECT':
      return `The directory does not know ${who.replace('The', 'the')}, so it was probably deleted. Revoke its roles: whoever gets the identity again would have them.`;
    case 'MISSING_SCOPE':
      return `${who} holds ${role} ${where}, which the directory does not know, so it was probably deleted. Revoke the role there.`;
    case 'REDUNDANT_GRANT':
      return because === null || because === undefined
        ? `${who} holds ${role} everywhere, so that holding it ${where} adds nothing. Revoke the one that is not meant.`
        : `${who} holds ${role} at ${wordsOf(because)} around it, so that holding it ${where} adds nothing. Revoke the one that is not meant.`;
    case 'GRANT_THROUGH_UNREADABLE_GROUP':
      return `${who} holds ${role} ${where}, and its members cannot be read, so nobody can tell here who has it. Let the API user read users, or look the group up in the console.`;
    case 'WITHOUT_ROLES':
      return `${who} is listed and holds no role. Nothing has to be done, unless it should hold one.`;
    case 'UNKNOWN_KIND':
      return scope === null
        ? `${who} has the type ${subject.rawType}, which this version does not know. Update the gateway, or read what the type means before relying on its answers.`
        : `${who} holds ${role} ${where}, of which this version does not know a field. Update the gateway, or read what the field means before relying on its answers.`;
  }
};

const subjectWords = {
  UNSPECIFIED: 'subject',
  USER: 'user',
  DEVICE: 'device',
  USER_GROUP: 'user group',
  MANAGED_IDENTITY: 'managed identity',
  SERVICE: 'service',
  UNKNOWN: 'subject',
} as const;

/** Such as `customer 30bd93aa`. */
const wordsOf = ({ kind, uuid }: Scope): string =>
  kind === 'UNKNOWN' ? `a scope of an unknown kind` : `${kind.toLowerCase().replaceAll('_', ' ')} ${uuid}`;
