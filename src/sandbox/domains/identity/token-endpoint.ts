import type { TokenResponse } from '../../../wire/identity.ts';
import { answerJson, type Answer } from '../../core/http/answer.ts';
import type { AccessTokens } from '../../core/credentials/access-tokens.ts';
import type { Accounts, User } from '../../core/credentials/accounts.ts';
import type { RefreshTokens } from '../../core/credentials/refresh-tokens.ts';
import { Problem } from '../../core/problem.ts';
import type { FormContext, FormRoute } from '../../core/route.ts';

/** What the token endpoint needs. */
export interface TokenIssuer {
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
}

/** `POST /oauth/token`. A wrong password gets 401, a refused refresh 400: a client must know both. */
export const createTokenRoute = (issuer: TokenIssuer): FormRoute => ({
  method: 'POST',
  path: '/oauth/token',
  form: (form, context) => answerToken(form, issuer, context),
});

const answerToken = (
  form: URLSearchParams,
  { accounts, accessTokens, refreshTokens }: TokenIssuer,
  { settings, nowMs, note }: FormContext,
): Answer => {
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) throw new Problem(400, `field "${name.slice(0, 50)}" is given more than once`);
  }
  const grant = (user: User): Answer => {
    note({ user: user.name });
    const body: TokenResponse = {
      access_token: accessTokens.issue(user.reference, nowMs, settings.tokenLifetimeMs),
      refresh_token: refreshTokens.issue(user.reference, nowMs, settings.refreshTokenLifetimeMs),
      token_type: 'Bearer',
      expires_in: Math.floor(settings.tokenLifetimeMs / 1000),
    };
    return answerJson(body);
  };

  const grantType = form.get('grant_type') ?? '';
  if (grantType === 'password') {
    const name = form.get('username') ?? '';
    const password = form.get('password') ?? '';
    if (name === '' || password === '') throw new Problem(400, 'the password grant needs username and password');
    const user = accounts.login(name, password);
    if (user === undefined) throw new Problem(401, 'unknown user name or wrong password');
    return grant(user);
  }
  if (grantType === 'refresh_token') {
    const token = form.get('refresh_token') ?? '';
    if (token === '') throw new Problem(400, 'the refresh_token grant needs refresh_token');
    const reference = refreshTokens.redeem(token, nowMs);
    const user = reference === undefined ? undefined : accounts.userByReference(reference);
    if (user === undefined) throw new Problem(400, 'the refresh token is invalid, expired or used');
    return grant(user);
  }
  throw new Problem(
    400,
    grantType === '' ? 'grant_type is missing' : 'grant_type is neither password nor refresh_token',
  );
};
