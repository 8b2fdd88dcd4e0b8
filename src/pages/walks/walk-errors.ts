import { GatewayError } from '../../model/errors.ts';

export const repeatingToken = (requestId: string | undefined): GatewayError =>
  new GatewayError(
    'UPSTREAM_INVALID_RESPONSE',
    'ESET Connect names a page as its own successor, so that the list would never end. Ask again later.',
    { requestId },
  );

interface TooManyCalls {
  readonly limit: number;
  readonly setting: string;
  /** Undefined: upstream does not say. */
  readonly needed: number | undefined;
}

export const tooManyCalls = ({ limit, setting, needed }: TooManyCalls): GatewayError =>
  new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    `This question needs a whole list, which costs ${needed === undefined ? 'more than the' : `${needed} upstream calls, more than the`} ${limit} that one list may cost. Whoever runs the gateway can raise ${setting}.`,
  );

export const largerThanMemory = (walked: number, total: number | undefined): GatewayError =>
  new GatewayError(
    'CALL_BUDGET_EXCEEDED',
    `This question needs a whole list${total === undefined ? '' : ` of ${total}`}, and memory was full after ${walked}. Whoever runs the gateway can raise ROLESCOPE_CACHE_MAX_BYTES.`,
  );

interface WalkState {
  readonly walked: number;
  readonly total: number | undefined;
  /** How long the rest is likely to take. */
  readonly leftMs: number;
}

const minRetryMs = 1000;
const maxRetryMs = 60_000;

export const stillWalking = ({ walked, total, leftMs }: WalkState): GatewayError =>
  new GatewayError(
    'UPSTREAM_PENDING',
    `This question needs a whole list, and reading it takes longer than one operation may: ${walked}${total === undefined ? '' : ` of ${total}`} are read. Ask again after the pause: nothing that was read is read again.`,
    {
      retryAfterMs: Math.ceil(Math.min(Math.max(leftMs, minRetryMs), maxRetryMs)),
      progress: { walked, ...(total !== undefined && { total }) },
    },
  );
