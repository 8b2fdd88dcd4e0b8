import { LRUCache } from 'lru-cache';
import { GatewayError } from '../../model/errors.ts';
import { atMost } from '../../platform/at-most.ts';
import { keyPart } from '../../platform/key-part.ts';
import type { Clock } from '../../platform/clock.ts';
import type { Call } from '../call.ts';
import type { Credentials } from '../policies/authorize.ts';

/** A token that was refused is refused here for so long, so that whoever sends it again and again uses up no slots of the address. */
const refusedForMs = 5000;

/** As many tokens as are remembered, accepted and refused each: some megabytes, and more callers than ten calls a second can serve. */
const maxRemembered = 10_000;

/** The caller's own token goes upstream, which decides what the caller may see. Without one nothing is sent. */
export const createPassthroughCredentials = (clock: Clock): Credentials => {
  const accepted = new LRUCache<string, true>(atMost(maxRemembered));
  const refused = new LRUCache<string, GatewayError>({
    ...atMost(maxRemembered),
    ttl: refusedForMs,
    ttlResolution: 0,
    perf: { now: () => clock.nowMs() },
  });

  return {
    token(call) {
      const token = call.operation?.caller?.bearerToken;
      if (token === undefined) throw noToken();
      const error = refused.size === 0 ? undefined : refused.get(refusalKey(call));
      if (error !== undefined) throw error;
      return token;
    },
    replace: () => Promise.resolve(undefined),
    accepted: ({ credentialKey }) => void accepted.set(credentialKey, true),
    refused(call, { code, message, requestId, upstreamStatus }) {
      accepted.delete(call.credentialKey);
      refused.set(refusalKey(call), new GatewayError(code, message, { requestId, upstreamStatus, outcome: 'notSent' }));
    },
    isAccepted: (credentialKey) => accepted.has(credentialKey),
  };
};

/** By domain: what one does not take another may. */
const refusalKey = ({ credentialKey, endpoint }: Call): string => keyPart(endpoint.domain) + credentialKey;

const noToken = (): GatewayError =>
  new GatewayError(
    'UNAUTHENTICATED',
    'This question needs a bearer token of ESET Connect. Get one with the name and password of an API user (`rolescope token` prints one) and send it as `Authorization: Bearer <token>`.',
    { outcome: 'notSent' },
  );
