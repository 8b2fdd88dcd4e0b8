import { createHmac, timingSafeEqual } from 'node:crypto';

/** What is wrong with a bearer token. */
type TokenProblem = 'invalid' | 'expired';

const header = Buffer.from('{"alg":"HS256","typ":"JWT"}').toString('base64url');
const maxRemembered = 1000;

/** Issues and reads access tokens: JWTs whose `sub` is the user's reference. */
export class AccessTokens {
  readonly #key: Buffer;
  /** Tokens that were found good, so that most calls cost no checksum. */
  readonly #remembered = new Map<string, { reference: string; expiresAtMs: number; serial: number }>();
  #serial = 0;
  #revokedUpTo = 0;

  constructor(key: Buffer) {
    this.#key = key;
  }

  issue(reference: string, nowMs: number, lifetimeMs: number): string {
    this.#serial++;
    const claims = {
      sub: reference,
      iat: Math.floor(nowMs / 1000),
      exp: Math.floor((nowMs + lifetimeMs) / 1000),
      jti: this.#serial,
      // Seconds are too coarse for tests that turn a clock by hand.
      expMs: nowMs + lifetimeMs,
    };
    const signed = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    return `${signed}.${this.#sign(signed)}`;
  }

  /** The reference that the token was issued to. */
  read(token: string, nowMs: number): { readonly reference: string } | TokenProblem {
    const claims = this.#remembered.get(token) ?? this.#check(token);
    if (claims === undefined || claims.serial <= this.#revokedUpTo) return 'invalid';
    return nowMs < claims.expiresAtMs ? claims : 'expired';
  }

  /** Makes every token that was issued so far invalid. */
  revokeAll(): void {
    this.#revokedUpTo = this.#serial;
  }

  #check(token: string): { reference: string; expiresAtMs: number; serial: number } | undefined {
    const [head, payload, signature, ...more] = token.split('.');
    if (head !== header || payload === undefined || signature === undefined || more.length > 0) return undefined;
    const expected = Buffer.from(this.#sign(`${head}.${payload}`));
    const given = Buffer.from(signature);
    if (expected.length !== given.length || !timingSafeEqual(expected, given)) return undefined;
    // The signature says that these claims are our own.
    const own = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { sub: string; expMs: number; jti: number };
    const claims = { reference: own.sub, expiresAtMs: own.expMs, serial: own.jti };
    if (this.#remembered.size >= maxRemembered) this.#remembered.clear();
    this.#remembered.set(token, claims);
    return claims;
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#key).update(text).digest('base64url');
  }
}
