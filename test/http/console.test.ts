import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

/** What browsers send with an address that somebody opens. */
const browserAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('an address where nothing is', () => {
  let gateway: RunningGateway;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rolescope-console-'));
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the console</title>');
    gateway = await runGateway({ parts: { consoleFolder: folder } });
  });
  afterAll(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true });
  });

  const ask = async (path: string, init: RequestInit) => {
    const response = await fetch(gateway.url + path, init);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };

  it.each(['/nowhere', '/subjects/a/b', '/findings.html?x=1'])(
    'is the console, and not found, to a browser: %s',
    async (path) => {
      const { status, type, text } = await ask(path, { headers: { accept: browserAccept } });
      expect([status, type, text]).toEqual([404, 'text/html; charset=utf-8', expect.stringContaining('the console')]);
      const head = await ask(path, { method: 'HEAD', headers: { accept: browserAccept } });
      expect(head).toEqual({ status, type, text: '' });
    },
  );

  it('is a plain refusal to programs, and to what is sent there', async () => {
    for (const init of [
      {},
      { headers: { accept: '*/*' } },
      { headers: { accept: 'application/json' } },
      { method: 'POST', body: '{}', headers: { accept: browserAccept } },
    ]) {
      const { status, type, text } = await ask('/nowhere', init);
      expect([status, type, text]).toEqual([
        404,
        expect.stringContaining('json'),
        expect.stringContaining('NOT_FOUND'),
      ]);
    }
    expect((await ask('/assets/none.js', {})).status).toBe(404);
  });

  it('leaves what is there as it is', async () => {
    const accept = { headers: { accept: browserAccept } };
    expect(await ask('/subjects/a', accept)).toMatchObject({ status: 200 });
    expect((await ask('/healthz', accept)).text).not.toContain('the console');
  });
});

describe('a file of the console', () => {
  let gateway: RunningGateway;
  let folder: string;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rolescope-console-'));
    fill();
    gateway = await runGateway({ parts: { consoleFolder: folder } });
  });
  afterEach(async () => {
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const fill = (): void => {
    mkdirSync(join(folder, 'assets'), { recursive: true });
    writeFileSync(join(folder, 'index.html'), '<!doctype html><title>the console</title>');
    writeFileSync(join(folder, 'assets', 'a.js'), 'export {};');
  };
  const isAlive = async (): Promise<boolean> => (await fetch(`${gateway.url}/healthz`)).ok;

  it('costs no more than its connection where it can no longer be read', async () => {
    expect(await (await fetch(`${gateway.url}/assets/a.js`)).text()).toBe('export {};');
    rmSync(join(folder, 'assets', 'a.js'));
    await expect(fetch(`${gateway.url}/assets/a.js`)).rejects.toThrow();
    expect(await isAlive()).toBe(true);
  });

  it('is refused while the folder cannot be read, and there as soon as it can', async () => {
    rmSync(folder, { recursive: true });
    const refused = await fetch(`${gateway.url}/assets/a.js`);
    expect([refused.status, await refused.json()]).toEqual([
      503,
      { errors: [{ message: expect.stringContaining('Ask again'), extensions: { code: 'INTERNAL' } }] },
    ]);
    fill();
    expect((await fetch(`${gateway.url}/assets/a.js`)).status).toBe(200);
  });
});
