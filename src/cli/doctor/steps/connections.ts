import type { UpstreamAddresses } from '../../../settings/read.ts';
import { checkConnection, resolveHost } from '../../../upstream/transport/connection-check.ts';
import { hintForConnection, isSafe, notEncrypted } from '../hints.ts';
import { fine, type Step, wrong } from '../step.ts';

export const connectTimeoutMs = 10_000;

const addressesOf = ({ baseUrl, tokenUrl }: UpstreamAddresses) => [
  { label: 'Identity', url: baseUrl },
  ...(tokenUrl === undefined ? [] : [{ label: 'token endpoint', url: tokenUrl }]),
];

/** Whether Identity and the token endpoint can be reached, without which nothing works. */
export const connectionSteps: readonly Step[] = [
  {
    name: 'addresses resolve',
    after: [],
    async run({ addresses }) {
      const found = addressesOf(addresses);
      for (const { label, url } of found) {
        try {
          await resolveHost(url);
        } catch (error) {
          return wrong(
            `${label}: ${(error as Error).message}`,
            'Check ROLESCOPE_REGION, or ROLESCOPE_UPSTREAM_URL and ROLESCOPE_TOKEN_URL, and the DNS of this machine.',
          );
        }
      }
      return fine(found.map(({ label }) => label).join(', '));
    },
    hint: ({ message }) => message,
  },
  {
    name: 'connections hold',
    after: ['addresses resolve'],
    async run({ addresses, clock }) {
      const found = addressesOf(addresses);
      const times: string[] = [];
      for (const { label, url } of found) {
        const check = await checkConnection(url, connectTimeoutMs, clock);
        if (!check.isOpen) return wrong(`${label}: ${check.reason}`, hintForConnection(url));
        times.push(`${label} in ${Math.round(check.tookMs)} ms`);
      }
      const open = found.find(({ url }) => !isSafe(url));
      if (open !== undefined) {
        return wrong(`${open.label}: not encrypted`, notEncrypted);
      }
      return fine(times.join(', '));
    },
    hint: ({ message }) => message,
  },
];
