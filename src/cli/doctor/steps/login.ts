import { hintForLogin } from '../hints.ts';
import { fine, skipped, type Step, wrong } from '../step.ts';

/** Whether the API user can log in, and stay so. */
export const loginSteps: readonly Step[] = [
  {
    name: 'login works',
    after: ['connections hold'],
    async run(context) {
      if (!context.canLogin) {
        return context.hasToken
          ? skipped('a token was given instead of a name and a password')
          : wrong(
              'no credential',
              'Set ROLESCOPE_USERNAME and ROLESCOPE_PASSWORD (or ROLESCOPE_PASSWORD_FILE) of the API user.',
            );
      }
      const tokens = await context.login();
      const minutes = Math.round((tokens.expiresAtMs - context.clock.nowMs()) / 60_000);
      return fine(`the token is good for ${minutes} minutes`);
    },
    hint: hintForLogin,
  },
  {
    name: 'refresh works',
    after: ['login works'],
    async run(context) {
      if (!context.canLogin) return skipped('there is no login to refresh');
      return (await context.refresh())
        ? fine('a new token came')
        : wrong(
            'the login gave no refresh token',
            'The gateway will log in with the password each time. Check the token address.',
          );
    },
    hint: hintForLogin,
  },
];
