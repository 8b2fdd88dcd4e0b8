import { describe, expect, it } from 'vitest';
import { parseFault, parseSandboxFlags } from '../../../src/sandbox/control/flags.ts';
import { list, openSandbox } from '../client.ts';

describe('flags of the sandbox', () => {
  it('change nothing where there are none', async () => {
    expect(await parseSandboxFlags({})).toEqual({ faults: [] });
  });

  it.each([
    [{ rateLimit: 'off' }, { rateLimit: false }],
    [{ rateLimit: '25' }, { rateLimit: 25 }],
    [{ retryAfter: '2' }, { retryAfterSeconds: 2 }],
    [{ retryAfter: 'off' }, { retryAfterSeconds: false }],
    [{ fairUse: 'on' }, { fairUse: true }],
    [{ fairUse: 'off' }, { fairUse: false }],
    [{ fairUse: 'burst=100, perSecond=0.5' }, { fairUse: { burst: 100, perSecond: 0.5 } }],
    [{ pending: 'older' }, { pending: 'older' }],
    [{ pending: 'acceptAfterMs=0,takesMs=5000' }, { pending: { acceptAfterMs: 0, takesMs: 5000 } }],
    [{ pageShape: 'stuck' }, { pageShape: 'stuck' }],
    [{ pageShape: '7' }, { pageShape: { seed: 7 } }],
    [{ readings: ['revokeLastScope=global'] }, { revokeLastScope: 'global' }],
    [
      { readings: ['revokeNotHeld=404,anySubject=true', 'visibleAfterMs=300'] },
      { revokeNotHeld: 404, anySubject: true, visibleAfterMs: 300 },
    ],
    [{ absent: ['users'] }, { absent: ['users'] }],
  ])('are read: %j', async (flags, options) => {
    expect(await parseSandboxFlags(flags)).toEqual({ ...options, faults: [] });
  });

  it.each([
    [{ rateLimit: '0' }, '--sandbox-rate-limit: $.rateLimit: expected a number from 1 to 1000000, got 0'],
    [{ rateLimit: 'ten' }, '--sandbox-rate-limit: $.rateLimit: expected a number from 1 to 1000000, got "ten"'],
    [{ retryAfter: '-1' }, '--sandbox-retry-after: $.retryAfterSeconds: expected a number'],
    [{ fairUse: 'maybe' }, '--sandbox-fair-use: "maybe" is not a pair'],
    [
      { fairUse: 'bursts=1' },
      '--sandbox-fair-use: $.fairUse.bursts: unknown field; expected burst, perSecond, backlog',
    ],
    [{ pending: 'soon' }, '--sandbox-pending: $.pending: expected one of newer, older, immediate, got "soon"'],
    [{ pageShape: 'round' }, '--sandbox-page-shape: $.pageShape: expected one of full, stuck, got "round"'],
    [
      { readings: ['revokeLastScope=maybe'] },
      '--sandbox-reading: $.revokeLastScope: expected one of gone, global, refused, got "maybe"',
    ],
    [{ readings: ['revokeTwice=ok'] }, '--sandbox-reading: $.revokeTwice: unknown field; expected revokeLastScope'],
    [{ absent: ['identity'] }, '--sandbox-absent: expected one of users, devices, policies, got "identity"'],
    [{ faults: ['status=200', 'status=9'] }, '--sandbox-fault: $.status: expected an integer from 200 to 599, got 9'],
    [{ faults: ['statuss=9'] }, '--sandbox-fault: $.statuss: unknown field; expected domain'],
  ])('are refused in one line that names the flag: %j', async (flags, message) => {
    await expect(parseSandboxFlags(flags)).rejects.toThrow(message);
    await expect(parseSandboxFlags(flags)).rejects.toThrow(/^[^\n]+$/);
  });
});

describe('a fault on the command line', () => {
  it.each([
    ['status=503,count=3', { status: 503, count: 3 }],
    ['reset', { form: 'reset' }],
    ['cut, probability=0.05', { form: 'cut', probability: 0.05 }],
    ['html,status=502,path=/v2/role-assignments', { form: 'html', status: 502, path: '/v2/role-assignments' }],
    ['status=429,header.retry-after=2', { status: 429, headers: { 'retry-after': '2' } }],
    ['takesMs=45000,skip=1,poll=false', { takesMs: 45_000, skip: 1, poll: false }],
    ['delayMs=250,user=customer@sandbox.example', { delayMs: 250, user: 'customer@sandbox.example' }],
    ['status=400,body=a=b', { status: 400, body: 'a=b' }],
    ['{"status":400,"body":"a,b"}', { status: 400, body: 'a,b' }],
  ])('is read: %s', async (text, rule) => {
    expect(await parseFault(text)).toEqual(rule);
  });

  it.each([
    ['', '--sandbox-fault: $: says what to match but not what to do'],
    ['count=3', '--sandbox-fault: $: says what to match but not what to do'],
    ['explode', '--sandbox-fault: "explode" is not a pair such as status=503'],
    ['reset,cut', '--sandbox-fault: only one of reset, cut can happen'],
    ['status=many', '--sandbox-fault: $.status: expected an integer from 200 to 599, got "many"'],
    ['status=503,times=2', '--sandbox-fault: $.times: unknown field; expected domain, method, path'],
    ['{"status":', '--sandbox-fault: not valid JSON'],
    ['reset,probability=2', '--sandbox-fault: $.probability: expected a number from 0 to 1, got 2'],
  ])('is refused: "%s"', async (text, message) => {
    await expect(parseFault(text)).rejects.toThrow(message);
  });

  it('works in a sandbox', async () => {
    const sandbox = await openSandbox({
      subjects: 2,
      ...(await parseSandboxFlags({ rateLimit: '2', faults: ['status=502,count=1'] })),
    });
    const statuses = [];
    for (let i = 0; i < 3; i++) statuses.push((await list(sandbox)).status);
    expect(statuses).toEqual([502, 200, 429]);
  });
});
