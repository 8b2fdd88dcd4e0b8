import { checkConnection, resolveHost } from '../../upstream/transport/connection-check.ts';
import type { Patient } from './context.ts';

/** How a step ended. `remedy` is what to do where something is wrong. */
export interface Verdict {
  readonly state: 'fine' | 'wrong' | 'skipped';
  readonly detail: string;
  readonly remedy?: string;
}

/** One thing to look at. `run` may fail with a `GatewayError`. */
export interface Step {
  readonly name: string;
  /** Steps that must have been fine before. */
  readonly after: readonly string[];
  run(patient: Patient): Promise<Verdict>;
}

const fine = (detail: string): Verdict => ({ state: 'fine', detail });
const wrong = (detail: string, remedy: string): Verdict => ({ state: 'wrong', detail, remedy });
const skipped = (detail: string): Verdict => ({ state: 'skipped', detail });

const connectTimeoutMs = 10_000;
const roundTrips = 5;
const tolerableSkewMs = 30_000;

/** The steps, in the order in which things must work. */
export const steps: readonly Step[] = [
  {
    name: 'addresses resolve',
    after: [],
    async run({ addresses }) {
      for (const { label, url } of addresses) {
        try {
          await resolveHost(url);
        } catch (error) {
          return wrong(
            `${label}: ${(error as Error).message}`,
            'Check ROLESCOPE_REGION, or ROLESCOPE_UPSTREAM_URL and ROLESCOPE_TOKEN_URL, and the DNS of this machine.',
          );
        }
      }
      return fine(addresses.map(({ label }) => label).join(', '));
    },
  },
  {
    name: 'connections hold',
    after: ['addresses resolve'],
    async run({ addresses, clock }) {
      const times: string[] = [];
      for (const { label, url } of addresses) {
        const check = await checkConnection(url, connectTimeoutMs, clock);
        if (!check.isOpen) return wrong(`${label}: ${check.reason}`, remedyForConnection(url));
        times.push(`${label} in ${Math.round(check.tookMs)} ms`);
      }
      const open = addresses.find(({ url }) => !isSafe(url));
      if (open !== undefined) {
        return wrong(
          `${open.label}: not encrypted`,
          'Use an https address: passwords and tokens would be sent in the clear.',
        );
      }
      return fine(times.join(', '));
    },
  },
  {
    name: 'login works',
    after: ['connections hold'],
    async run(patient) {
      if (!patient.canLogin) {
        return patient.hasToken
          ? skipped('a token was given instead of a name and a password')
          : wrong(
              'no credential',
              'Set ROLESCOPE_USERNAME and ROLESCOPE_PASSWORD (or ROLESCOPE_PASSWORD_FILE) of the API user.',
            );
      }
      const tokens = await patient.login();
      const minutes = Math.round((tokens.expiresAtMs - patient.clock.nowMs()) / 60_000);
      return fine(`the token is good for ${minutes} minutes`);
    },
  },
  {
    name: 'refresh works',
    after: ['login works'],
    async run(patient) {
      if (!patient.canLogin) return skipped('there is no login to refresh');
      return (await patient.refresh())
        ? fine('a new token came')
        : wrong(
            'the login gave no refresh token',
            'The gateway will log in with the password each time. Check the token address.',
          );
    },
  },
  {
    name: 'role assignments may be read',
    after: ['login works'],
    async run(patient) {
      await patient.readFirstPage();
      return fine('GET /v2/role-assignments');
    },
  },
  {
    name: 'subjects are visible',
    after: ['role assignments may be read'],
    async run(patient) {
      const page = await patient.readFirstPage();
      const count = page.totalSize ?? page.items.length;
      if (count === 0) {
        return wrong(
          'none',
          'Look at the permission set of the API user: its static groups hold nobody who has a role.',
        );
      }
      return fine(page.totalSize === undefined ? `at least ${count}` : String(count));
    },
  },
  {
    name: 'round trips',
    after: ['role assignments may be read'],
    async run(patient) {
      const times: number[] = [];
      for (let i = 0; i < roundTrips; i++) times.push((await patient.exchange()).tookMs);
      times.sort((a, b) => a - b);
      const [shortest = 0, median = 0, longest = 0] = [times[0], times[times.length >> 1], times.at(-1)].map((ms) =>
        Math.round(ms ?? 0),
      );
      return fine(`${shortest} ms at best, ${median} ms in the middle, ${longest} ms at worst of ${roundTrips}`);
    },
  },
  {
    name: 'clocks agree',
    after: ['role assignments may be read'],
    async run(patient) {
      const { skewMs } = await patient.exchange();
      if (skewMs === undefined) return skipped('upstream does not tell its time');
      const text = `${(Math.abs(skewMs) / 1000).toFixed(0)} s apart`;
      return Math.abs(skewMs) <= tolerableSkewMs
        ? fine(text)
        : wrong(
            text,
            'Set the clock of this machine, for example with NTP: tokens would seem to expire too early or too late.',
          );
    },
  },
];

/** Encrypted, or not leaving this machine. */
const isSafe = (url: string): boolean => {
  const { protocol, hostname } = new URL(url);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
};

const remedyForConnection = (url: string): string =>
  url.startsWith('https:')
    ? 'Check the addresses, the firewall and proxies between; where a certificate is refused, the clock of this machine and the certificates that it trusts (NODE_EXTRA_CA_CERTS).'
    : 'Check the addresses, the firewall and proxies between.';
