import { randomUUID } from 'node:crypto';

const maxKept = 10_000;

/** Hands out refresh tokens and takes each back once. */
export class RefreshTokens {
  readonly #kept = new Map<string, { reference: string; expiresAtMs: number }>();

  issue(reference: string, nowMs: number, lifetimeMs: number): string {
    const token = randomUUID();
    this.#kept.set(token, { reference, expiresAtMs: nowMs + lifetimeMs });
    if (this.#kept.size > maxKept) this.#kept.delete(this.#kept.keys().next().value as string);
    return token;
  }

  /** The reference that the token was issued to, once; undefined where it is unknown, used or expired. */
  redeem(token: string, nowMs: number): string | undefined {
    const kept = this.#kept.get(token);
    this.#kept.delete(token);
    return kept !== undefined && nowMs < kept.expiresAtMs ? kept.reference : undefined;
  }

  revokeAll(): void {
    this.#kept.clear();
  }
}
