import type { GatewayError } from '../../model/errors.ts';
import type { Patient } from './context.ts';

/** What to do where the login or the refresh fails. */
export const remedyForLogin = ({ code, message }: GatewayError): string =>
  code === 'UNAUTHENTICATED'
    ? 'Check name and password. Creating the API user, step "accept the invitation": a user who has not accepted it cannot log in. Check that the region is that of the account.'
    : message;

/** The steps of creating an API user that decide about access, in the order in which ESET describes them, and the words by which a refusal may give them away. */
const accessSteps: readonly { readonly words: RegExp; readonly remedy: string }[] = [
  {
    words: /superuser|\broot\b/i,
    remedy:
      'Creating the API user, step "create a dedicated user": a Superuser or Root account cannot be used. Create a user for this purpose only.',
  },
  {
    words: /integration/i,
    remedy: 'Creating the API user, step "Integrations": switch the Integrations toggle of the user on.',
  },
  {
    words: /functionality|static group/i,
    remedy:
      'Creating the API user, step "permission set": the set must have the functionality to read role assignments, over the static groups that are to be seen. Widen it, or assign another one: rights add up.',
  },
  {
    words: /permission/i,
    remedy:
      'Creating the API user, step "assign a permission set": the ESET PROTECT access of the user is Custom, and no permission set is assigned to it.',
  },
  {
    words: /address|\bip\b|blocked|region/i,
    remedy: 'This network address is blocked. Ask whoever runs the network, or ESET, to let it through.',
  },
];

/** What to do where a role-assignments call fails. A 403 is looked at once more, because its text may name the step that is missing. */
export const remedyForAccess = async ({ code, message }: GatewayError, patient: Patient): Promise<string> => {
  if (code === 'UNAUTHENTICATED') {
    return 'The token is not accepted. Check that both addresses are of the region of the account, and that the token has not expired.';
  }
  if (code !== 'FORBIDDEN') return message;
  const text = await refusalText(patient);
  const named = accessSteps.find(({ words }) => words.test(text));
  return named?.remedy ?? accessSteps.map(({ remedy }) => remedy).join(' ');
};

/** The text is only searched for words: it is never shown. */
const refusalText = async (patient: Patient): Promise<string> => {
  try {
    const { answer } = await patient.exchange();
    return answer.status === 403 ? answer.body.toString('utf8', 0, 4096) : '';
  } catch {
    // The remedy is then the whole list of steps.
    return '';
  }
};
