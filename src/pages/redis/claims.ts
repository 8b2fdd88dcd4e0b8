import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import type { RedisConnection } from '../../redis/connection.ts';

/** Right to read something for all replicas. It is kept until it is given back, however long that takes. */
export interface Claim {
  /** False once another replica has it: this one was cut off from Redis for too long. */
  readonly isHeld: boolean;
  /** Gives it back, once what it was for can be found or will not come. */
  release(): Promise<void>;
}

/** What became of asking for one. `there`: what it would be for has been put into Redis. `taken`: another replica has it. `alone`: Redis is out of reach. */
type Claimed = Claim | 'there' | 'taken' | 'alone';

/** A replica that dies keeps its claims no longer than that. */
const claimMs = 10_000;
/** How often one that works says so: what is read in the background may wait for minutes for a slot. */
const keepEveryMs = 3000;

/** Takes the claim unless somebody has it, or what it is for is there already. */
const takeScript = `
if redis.call('exists', KEYS[1]) == 1 then return {2} end
if redis.call('set', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {1} end
return {0}`;

/** Its own for as long again, or anew where it has expired and nobody took it meanwhile. */
const keepScript = `
local holder = redis.call('get', KEYS[2])
if (holder and holder ~= ARGV[1]) or redis.call('exists', KEYS[1]) == 1 then return {0} end
redis.call('set', KEYS[2], ARGV[1], 'PX', ARGV[2])
return {1}`;

/** Only its own: one that has expired may be somebody else's by now. */
const releaseScript = `
if redis.call('get', KEYS[1]) == ARGV[1] then return {redis.call('del', KEYS[1])} end
return {0}`;

interface ClaimParts {
  readonly redis: RedisConnection;
  readonly clock: Clock;
  readonly random: Random;
  /** How long an answer of Redis is waited for, in milliseconds. */
  readonly patienceMs: number;
}

/** Asks to be the one who reads what is to be kept under `name`. Never fails. */
export const claim = async (
  parts: ClaimParts,
  { name, claimName }: { readonly name: string; readonly claimName: string },
): Promise<Claimed> => {
  const id = parts.random.uuid();
  const take = { lua: takeScript, keys: [name, claimName], args: [id, claimMs] };
  const reached = await parts.redis.run(take, parts);
  if (reached === undefined) return 'alone';
  const [answer] = reached.value;
  if (answer === 2) return 'there';
  return answer === 1 ? keepClaim(parts, { name, claimName, id }) : 'taken';
};

const keepClaim = (
  { redis, clock }: ClaimParts,
  { name, claimName, id }: Readonly<Record<'name' | 'claimName' | 'id', string>>,
): Claim => {
  let isHeld = true;
  let isReleased = false;
  let cancel = (): void => {};
  const keep = async (): Promise<void> => {
    const kept = await redis.run({ lua: keepScript, keys: [name, claimName], args: [id, claimMs] });
    if (kept?.value[0] === 0) isHeld = false;
    else if (!isReleased) keepLater();
  };
  const keepLater = (): void => {
    cancel = clock.after(keepEveryMs, () => void keep());
  };
  keepLater();
  return {
    get isHeld() {
      return isHeld;
    },
    async release() {
      isReleased = true;
      cancel();
      await redis.run({ lua: releaseScript, keys: [claimName], args: [id] });
    },
  };
};
