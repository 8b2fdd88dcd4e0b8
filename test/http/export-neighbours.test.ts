import { createServer } from 'node:http';
import { duplexPair } from 'node:stream';
import { afterEach, describe, expect, it } from 'vitest';
import '../../src/sandbox/domains/directory.ts';
import '../../src/sandbox/world/directory/made-up-directory.ts';
import { createGateway, createSandbox } from '../../src/index.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { logIn, runGateway } from '../support/running-gateway.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const it of open.splice(0).reverse()) await it.close();
});

describe('an export that is read slowly', () => {
  it('asks upstream for what was read and two pages more, and holds no more', async () => {
    const pages = 20;
    const sandbox = await createSandbox({ subjects: pages * 1000, rateLimit: false, fairUse: false });
    open.push(sandbox);
    const gateway = createGateway({ port: 0, upstreamUrl: sandbox.url, rateLimit: 1000 });
    open.push(gateway);
    const authorization = `Bearer ${sandbox.adminToken}`;
    const whole = await fetch(`${new URL(await gateway.listen()).origin}/export?names=false&asOf=false`, {
      headers: { authorization },
    });
    const bytesOfAll = (await whole.arrayBuffer()).byteLength;
    sandbox.clearTranscript();

    // Between two ends in memory nothing is buffered but by the gateway: the system would take megabytes for each connection.
    const server = createServer(gateway.handle);
    const [client, socket] = duplexPair();
    server.emit('connection', socket);
    client.write(
      `GET /export?names=false&asOf=false HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\nConnection: close\r\n\r\n`,
    );
    let bytes = 0;
    let most = 0;
    for await (const chunk of client) {
      bytes += (chunk as Buffer).length;
      // Whoever does not wait for the reader has the time to go on.
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      most = Math.max(most, sandbox.transcript().length - (pages * bytes) / bytesOfAll);
    }
    expect(bytes).toBeGreaterThan(bytesOfAll);
    expect(sandbox.transcript()).toHaveLength(pages);
    expect(most).toBeLessThan(2);
  });
});

describe('an export beside others', () => {
  it.each([
    ['of another caller', false],
    ['of the same caller', true],
  ])('delays no lookup %s by more than one page', async (_whose, isSame) => {
    const clock = createManualClock();
    const gateway = await runGateway({
      // As fast as the limit allows, names and members included.
      sandbox: { clock, subjects: 4000, rateLimit: 10 },
      settings: { rateLimit: 10 },
      parts: { clock },
    });
    open.push(gateway);
    const { sandbox } = gateway;
    const other = await clock.run(logIn(sandbox, 'no-users'));
    const authorization = `Bearer ${sandbox.adminToken}`;
    const response = await clock.run(
      fetch(`${sandbox.url}/v2/role-assignments?pageSize=50`, { headers: { authorization } }),
    );
    const { assignments } = (await clock.run(response.json())) as { assignments: { subjectReference: string }[] };
    const exporting = Promise.all(
      ['?effective=true', '?names=false&format=ndjson'].map(async (search) =>
        (await fetch(`${gateway.url}/export${search}`, { headers: { authorization } })).text(),
      ),
    );
    let lookups = 0;
    for (const index of [3, 20, 49]) {
      await clock.pass(2000);
      const before = sandbox.transcript().length;
      const reference = assignments[index]?.subjectReference ?? '';
      const { data } = await clock.run(
        gateway.ask<{ subject: { reference: string } | null }, object>(
          'query ($reference: String!) { subject(reference: $reference) { reference } }',
          { reference },
          { authorization: isSame ? authorization : `Bearer ${other}` },
        ),
      );
      expect(data?.subject?.reference).toBe(reference);
      const seen = sandbox.transcript().slice(before);
      const place = seen.findIndex(({ query }) => Object.values(query).includes(reference));
      expect(place).toBeGreaterThanOrEqual(0);
      // Of another caller one call of any; of the same one page of each list that is read, those of names included.
      const ahead = seen.slice(0, place).map(({ path, query }) => `${path} ${query['orderBy'] ?? ''}`);
      if (isSame) expect(new Set(ahead).size).toBe(ahead.length);
      else expect(ahead.length).toBeLessThanOrEqual(1);
      expect(before).toBeLessThan(sandbox.transcript().length);
      lookups++;
    }
    expect(lookups).toBe(3);
    const texts = await clock.run(exporting);
    expect(texts.every((text) => text.length > 100_000)).toBe(true);
  });
});
