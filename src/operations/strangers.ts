import { GatewayError } from '../model/errors.ts';
import type { AnswerBounds } from './executor/answer-meter.ts';

/** What whoever does not say who they are may get: introspection is a fifth of it, and handles that cost no call could otherwise be repeated at will. */
export const strangersBounds: AnswerBounds = { maxObjects: 50_000, maxBytes: 2_000_000 };

/**
 * Upstream calls that a question of theirs may need on its cheapest way. It gets none of them, and would be told so for each of its references: this many calls are
 * five thousand of those.
 */
export const strangersCalls = 5;

/** Refuses a question that needs more, before anything of it runs. */
export const strangersCannotAsk = (): GatewayError =>
  new GatewayError(
    'UNAUTHENTICATED',
    'This question needs a credential: it asks for much, and nobody who does not say who they are would get any of it. Send one with the request.',
  );
