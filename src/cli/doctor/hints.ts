import type { GatewayError } from '../../model/errors.ts';
import type { DoctorContext } from './context.ts';

/** What to do where the login or the refresh fails. */
export const hintForLogin = ({ code, message }: GatewayError): string =>
  code === 'UNAUTHENTICATED'
    ? 'Check name and password. Creating the API user, step "accept the invitation": a user who has not accepted it cannot log in. Check that the region is that of the account.'
    : message;

/** The steps of creating an API user that decide about access, in the order in which ESET describes them, and the words by which a refusal may give them away. */
const accessSteps: readonly { readonly words: RegExp; readonly hint: string }[] = [
  {
    words: /superuser|\broot\b/i,
    hint: 'Creating the API user, step "create a dedicated user": a Superuser or Root account cannot be used. Create a user for this purpose only.',
  },
  {
    words: /integration/i,
    hint: 'Creating the API user, step "Integrations": switch the Integrations toggle of the user on.',
  },
  {
    words: /functionality|static group/i,
    hint: 'Creating the API user, step "permission set": the set must have the functionality to read role assignments, over the static groups that are to be seen. Widen it, or assign another one: rights add up.',
  },
  {
    words: /permission/i,
    hint: 'Creating the API user, step "assign a permission set": the ESET PROTECT access of the user is Custom, and no permission set is assigned to it.',
  },
  {
    words: /address|\bip\b|blocked|region/i,
    hint: 'This network address is blocked. Ask whoever runs the network, or ESET, to let it through.',
  },
];

/** What to do where a role-assignments call fails. A 403 is looked at once more, because its text may name the step that is missing. */
export const hintForAccess = async ({ code, message }: GatewayError, context: DoctorContext): Promise<string> => {
  if (code === 'UNAUTHENTICATED') {
    return 'The token is not accepted. Check that both addresses are of the region of the account, and that the token has not expired.';
  }
  if (code !== 'FORBIDDEN') return message;
  const text = await refusalText(context);
  const named = accessSteps.find(({ words }) => words.test(text));
  return named?.hint ?? accessSteps.map(({ hint }) => hint).join(' ');
};

/** The text is only searched for words: it is never shown. */
const refusalText = async (context: DoctorContext): Promise<string> => {
  try {
    const { answer } = await context.exchange();
    return answer.status === 403 ? answer.body.toString('utf8', 0, 4096) : '';
  } catch {
    // The hint is then the whole list of steps.
    return '';
  }
};

/** What to do where no connection can be had. */
export const hintForConnection = (url: string): string =>
  url.startsWith('https:')
    ? 'Check the addresses, the firewall and proxies between; where a certificate is refused, the clock of this machine and the certificates that it trusts (NODE_EXTRA_CA_CERTS).'
    : 'Check the addresses, the firewall and proxies between.';

export const notEncrypted = 'Use an https address: passwords and tokens would be sent in the clear.';

/** Encrypted, or not leaving this machine. */
export const isSafe = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
};
