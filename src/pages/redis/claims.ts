import type { Random } from '../../platform/random.ts';
import type { RedisConnection } from '../../redis/connection.ts';

/** Right to read something for all replicas. */
export interface Claim {
  /** Gives it back, once what it was for can be found or will not come. */
  release(): Promise<void>;
}

/** What became of asking for one. `there`: what it would be for has been put into Redis. `taken`: another replica has it. `alone`: Redis is out of reach. */
type Claimed = Claim | 'there' | 'taken' | 'alone';

/** A replica that dies keeps its claims no longer than that. One that is slower has others do the same work. */
const claimMs = 10_000;

/** Takes the claim unless somebody has it, or what it is for is there already. */
const takeScript = `
if redis.call('exists', KEYS[1]) == 1 then return {2} end
if redis.call('set', KEYS[2], ARGV[1], 'NX', 'PX', ARGV[2]) then return {1} end
return {0}`;

/** Only its own: one that has expired may be somebody else's by now. */
const releaseScript = `
if redis.call('get', KEYS[1]) == ARGV[1] then return {redis.call('del', KEYS[1])} end
return {0}`;

/** Asks to be the one who reads what is to be kept under `name`. Never fails. */
export const claim = async (
  { redis, random }: { readonly redis: RedisConnection; readonly random: Random },
  { name, claimName }: { readonly name: string; readonly claimName: string },
): Promise<Claimed> => {
  const id = random.uuid();
  const reached = await redis.run({ lua: takeScript, keys: [name, claimName], args: [id, claimMs] });
  if (reached === undefined) return 'alone';
  const [answer] = reached.value;
  if (answer === 2) return 'there';
  if (answer !== 1) return 'taken';
  return { release: async () => void (await redis.run({ lua: releaseScript, keys: [claimName], args: [id] })) };
};
