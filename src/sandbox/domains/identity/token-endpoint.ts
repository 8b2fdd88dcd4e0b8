import type { TokenResponse } from '../../../wire/identity.ts';
import type { AccessTokens } from '../../core/credentials/access-tokens.ts';
import type { Accounts, User } from '../../core/credentials/accounts.ts';
import { answerError, answerJson, type Answer } from '../../core/answer.ts';
import type { RefreshTokens } from '../../core/credentials/refresh-tokens.ts';
import type { Settings } from '../../core/settings.ts';

/** What the token endpoint needs. */
export interface TokenIssuer {
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
}

/** An answer of the token endpoint, and what the transcript may know of it. */
export interface TokenAnswer {
  readonly answer: Answer;
  readonly user?: string;
}

/** Answers `POST /oauth/token`. A wrong password gets 401, a refused refresh 400: a client must know both. */
export const answerToken = (
  form: URLSearchParams,
  { accounts, accessTokens, refreshTokens }: TokenIssuer,
  settings: Settings,
  nowMs: number,
): TokenAnswer => {
  const refuse = (status: number, message: string): TokenAnswer => ({ answer: answerError(status, message) });
  for (const name of new Set(form.keys())) {
    if (form.getAll(name).length > 1) return refuse(400, `field "${name.slice(0, 50)}" is given more than once`);
  }
  const grant = (user: User): TokenAnswer => {
    const body: TokenResponse = {
      access_token: accessTokens.issue(user.reference, nowMs, settings.tokenLifetimeMs),
      refresh_token: refreshTokens.issue(user.reference, nowMs, settings.refreshTokenLifetimeMs),
      token_type: 'Bearer',
      expires_in: Math.floor(settings.tokenLifetimeMs / 1000),
    };
    return { answer: answerJson(body), user: user.name };
  };

  const grantType = form.get('grant_type') ?? '';
  if (grantType === 'password') {
    const name = form.get('username') ?? '';
    const password = form.get('password') ?? '';
    if (name === '' || password === '') return refuse(400, 'the password grant needs username and password');
    const user = accounts.login(name, password);
    return user === undefined ? refuse(401, 'unknown user name or wrong password') : grant(user);
  }
  if (grantType === 'refresh_token') {
    const token = form.get('refresh_token') ?? '';
    if (token === '') return refuse(400, 'the refresh_token grant needs refresh_token');
    const reference = refreshTokens.redeem(token, nowMs);
    const user = reference === undefined ? undefined : accounts.userByReference(reference);
    return user === undefined ? refuse(400, 'the refresh token is invalid, expired or used') : grant(user);
  }
  return refuse(400, grantType === '' ? 'grant_type is missing' : 'grant_type is neither password nor refresh_token');
};
