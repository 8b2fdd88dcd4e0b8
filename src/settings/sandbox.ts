import { defineSettings } from './kinds.ts';

/** Settings of the sandbox. */
export const sandboxSettings = defineSettings({
  sandbox: {
    kind: 'switch',
    env: 'ROLESCOPE_SANDBOX',
    group: 'sandbox',
    default: false,
    help: 'serve made-up data from the embedded sandbox instead of an upstream',
  },
  sandboxSubjects: {
    kind: 'integer',
    env: 'ROLESCOPE_SANDBOX_SUBJECTS',
    group: 'sandbox',
    min: 2,
    max: 1_000_000,
    default: 2000,
    help: "how many subjects the sandbox's world has",
  },
  sandboxPort: {
    kind: 'integer',
    env: 'ROLESCOPE_SANDBOX_PORT',
    group: 'sandbox',
    min: 0,
    max: 65_535,
    default: 4010,
    help: 'port of the sandbox; 0 takes any free one',
  },
  sandboxWorld: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_WORLD',
    group: 'sandbox',
    help: 'JSON file with a world of your own instead of the made-up one',
  },
  sandboxRateLimit: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_RATE_LIMIT',
    group: 'sandbox',
    help: 'calls a second and API user that the sandbox takes, or off; 10 unless set',
  },
  sandboxRetryAfter: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_RETRY_AFTER',
    group: 'sandbox',
    help: 'seconds that its 429 and 503 name in Retry-After, or off; off unless set',
  },
  sandboxFairUse: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_FAIR_USE',
    group: 'sandbox',
    help: 'fair use: on, off, or such as burst=100,perSecond=2,backlog=10; on unless set',
  },
  sandboxPending: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_PENDING',
    group: 'sandbox',
    help: 'pending answers: newer, older, immediate, or such as acceptAfterMs=0,takesMs=5000; newer unless set',
  },
  sandboxPageShape: {
    kind: 'text',
    env: 'ROLESCOPE_SANDBOX_PAGE_SHAPE',
    group: 'sandbox',
    help: 'pages: full, stuck, or the seed of short and empty ones; full unless set',
  },
  sandboxFault: {
    kind: 'list',
    separator: ';',
    env: 'ROLESCOPE_SANDBOX_FAULT',
    group: 'sandbox',
    help: 'scripted fault such as status=503,count=3 or reset,probability=0.05; the flag can be repeated, the variable takes several between semicolons',
  },
});
