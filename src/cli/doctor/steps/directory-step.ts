import { GatewayError } from '../../../model/errors.ts';
import type { UpstreamAddresses } from '../../../settings/read.ts';
import { checkConnection } from '../../../upstream/transport/connection-check.ts';
import type { AnyList } from '../context.ts';
import { hintForConnection, isSafe, notEncrypted } from '../hints.ts';
import { describeError, fine, limited, type Step, wrong } from '../step.ts';
import { connectTimeoutMs } from './connections.ts';

interface DirectoryStepOptions {
  readonly name: string;
  readonly endpoint: AnyList;
  /** Where the domain is, and the variable that says so. */
  readonly address: keyof UpstreamAddresses;
  readonly variable: string;
  /** What answers lack without it, as in "Without it, … are missing." */
  readonly missing: string;
  /** What opens the domain to an API user. */
  readonly right: string;
  /** The product that it comes with. Absent: none of its own. */
  readonly product?: string;
  /** Regions that do not have the domain. */
  readonly absentIn?: readonly string[];
}

/** Whether a domain that gives names can be read. The gateway works without it: a domain that is closed or absent limits what it can say. */
export const directoryStep = (options: DirectoryStepOptions): Step => {
  const { name, endpoint, address, variable, right, product, absentIn = [] } = options;
  const without = `Without it, ${options.missing} are missing.`;
  return {
    name,
    after: ['role assignments may be read'],
    async run(context) {
      const { addresses, region = '', clock } = context;
      const url = addresses[address];
      if (url === undefined) {
        return absentIn.includes(region)
          ? limited(`the region ${region} does not have it`, without)
          : limited('it is not asked', `${without} Set ${variable}, or ROLESCOPE_REGION, to ask it.`);
      }
      if (!isSafe(url)) return wrong('not encrypted', notEncrypted);
      const check = await checkConnection(url, connectTimeoutMs, clock);
      if (!check.isOpen) return wrong(check.reason, `${without} ${hintForConnection(url)}`);
      try {
        const { items, totalSize } = await context.readPage(endpoint);
        if (items.length === 0) return limited('none is visible', `${without} ${inGroups}`);
        return fine(totalSize === undefined ? 'there are some' : `${totalSize} visible`);
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        const { upstreamStatus } = error;
        if (upstreamStatus === 501) return limited(describeError(error), `${without} ${comesWith(product)}`);
        if (upstreamStatus !== 403) throw error;
        const hints = [without, right, inGroups, ...(product === undefined ? [] : [comesWith(product)])];
        return limited(describeError(error), hints.join(' '));
      }
    },
    hint: ({ message }) => `${without} ${message}`,
  };
};

const inGroups = 'Look at the permission set of the API user: only what lies in its static groups is visible.';

const comesWith = (product: string | undefined): string =>
  product === undefined
    ? 'The account does not have the product that it comes with.'
    : `It comes with ${product}: an account without that answers so.`;
