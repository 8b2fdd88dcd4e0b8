import { type IncomingMessage, request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';
import { createExporter } from '../review/exported.ts';

describe('GET /export', () => {
  let gateway: RunningGateway;
  const ask = (search = '', init: RequestInit = {}) =>
    fetch(`${gateway.url}/export${search}`, {
      headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` },
      ...init,
    });
  beforeAll(async () => {
    gateway = await runGateway({ sandbox: { subjects: 2500 } });
  });
  afterAll(() => gateway.close());

  it('sends what the command writes', async () => {
    const exporter = createExporter(gateway.sandbox);
    try {
      for (const format of ['csv', 'ndjson'] as const) {
        const response = await ask(`?format=${format}&asOf=false&names=false&type=user`);
        expect(response.status).toBe(200);
        expect(response.headers.get('content-type')).toContain(format);
        expect(response.headers.get('content-disposition')).toMatch(
          new RegExp(String.raw`^attachment; filename="rolescope-\d{4}-\d\d-\d\d\.${format}"$`),
        );
        const { text } = await exporter.run({ format, names: false, filter: { type: 'USER' } });
        expect(await response.text()).toBe(text);
      }
    } finally {
      await exporter.close();
    }
  });

  it('narrows to whom a list of the graph is narrowed to: by a text, and to what is held everywhere', async () => {
    for (const [search, filter] of [
      ['text=%20MARIA', '{ text: "maria" }'],
      ['everywhere=true', '{ isGlobal: true }'],
      ['everywhere=true&type=user&text=an', '{ isGlobal: true, type: USER, text: "an" }'],
    ] as const) {
      const { data } = await gateway.ask<{ subjects: { nodes: { reference: string }[] } }, object>(
        `{ subjects(first: 1000, filter: ${filter}, orderBy: [{ field: TYPE }, { field: REFERENCE }]) { nodes { reference } } }`,
      );
      const rows = (await (await ask(`?asOf=false&${search}`)).text()).trimEnd().split('\r\n').slice(1);
      const references = rows.map((row) => row.split(',')[1]);
      const wanted = new Set((data?.subjects.nodes ?? []).map(({ reference }) => reference));
      expect(wanted.size, search).toBeGreaterThan(0);
      expect(new Set(references), search).toEqual(wanted);
      if (search.includes('everywhere')) expect(rows.every((row) => row.includes(',true,'))).toBe(true);
    }
  });

  it.each([
    ['?text=a', {}, 400],
    ['?everywhere=true&scope=customer:one', {}, 400],
    ['?format=json', {}, 400],
    ['?rows=1', {}, 400],
    ['?role=a&role=b', {}, 400],
    ['?format=ndjson&effective=true', {}, 400],
    ['?raw=yes', {}, 400],
    ['', { method: 'HEAD' }, 405],
    ['', { method: 'POST' }, 405],
    ['', { headers: { range: 'bytes=0-1' } }, 416],
    ['', { headers: {} }, 401],
    ['', { headers: { authorization: 'Bearer nobody' } }, 401],
    ['', { headers: { 'sec-fetch-site': 'cross-site' } }, 403],
  ] as [string, RequestInit, number][])('refuses %j with %j', async (search, init, status) => {
    const response = await ask(search, init);
    expect(response.status).toBe(status);
    expect(response.headers.get('content-disposition')).toBeNull();
  });

  it('breaks the transfer off where upstream fails on the way', async () => {
    gateway.sandbox.control.setFaults([{ status: 403, skip: 1 }]);
    try {
      const response = await ask('?names=false');
      expect(response.status).toBe(200);
      await expect(response.text()).rejects.toThrow();
    } finally {
      gateway.sandbox.control.setFaults([]);
    }
  });

  it('takes two of a caller at once, and waits for those who read slowly', async () => {
    const open = () =>
      new Promise<IncomingMessage>((resolve, reject) => {
        request(`${gateway.url}/export?names=false`, {
          headers: { authorization: `Bearer ${gateway.sandbox.adminToken}` },
        })
          .once('response', resolve)
          .once('error', reject)
          .end();
      });
    const slow = [await open(), await open()];
    const third = await ask('?names=false');
    expect(third.status).toBe(429);
    expect(third.headers.get('retry-after')).toBe('10');
    const bytes = await Promise.all(
      slow.map(async (response) => {
        let length = 0;
        for await (const chunk of response) length += (chunk as Buffer).length;
        return length;
      }),
    );
    expect(bytes[0]).toBe(bytes[1]);
    const again = await ask('?names=false');
    expect((await again.arrayBuffer()).byteLength).toBe(bytes[0]);
  });
});

describe('GET /export, counted', () => {
  it('tells how exports have ended, and their rows', async () => {
    const gateway = await runGateway({ sandbox: { subjects: 2500 } });
    const { control, adminToken } = gateway.sandbox;
    const ask = (init: RequestInit = {}) =>
      fetch(`${gateway.url}/export?names=false&format=ndjson`, {
        headers: { authorization: `Bearer ${adminToken}` },
        ...init,
      });
    const metrics = async (): Promise<string[]> =>
      ((await (await fetch(`${gateway.url}/metrics`)).text()).match(/^rolescope_export.*/gm) ?? []).toSorted();
    try {
      const lines = (await (await ask()).text()).trimEnd().split('\n').length;
      control.setFaults([{ status: 403, skip: 1 }]);
      const first = (await ask()).text().catch(() => 'broken');
      expect(await first).toBe('broken');
      control.setFaults([{ status: 403 }]);
      expect((await ask()).status).toBe(403);
      control.setFaults([{ form: 'hang', skip: 1 }]);
      const leaving = new AbortController();
      const left = await ask({ signal: leaving.signal });
      expect(await metrics()).toContain('rolescope_exports_running 1');
      leaving.abort();
      await expect(left.text()).rejects.toThrow();
      // It is told as soon as the connection is found closed.
      while ((await metrics()).includes('rolescope_exports_running 1')) await new Promise(setImmediate);
      const page = 1000;
      expect(await metrics()).toEqual([
        expect.stringMatching(/^rolescope_exported_rows_total \d+$/),
        'rolescope_exports_running 0',
        'rolescope_exports_total{outcome="broken off",code="FORBIDDEN"} 1',
        'rolescope_exports_total{outcome="left",code="INTERNAL"} 1',
        'rolescope_exports_total{outcome="refused",code="FORBIDDEN"} 1',
        'rolescope_exports_total{outcome="whole",code="OK"} 1',
      ]);
      const rows = Number((await metrics())[0]?.split(' ')[1]);
      expect(rows).toBeGreaterThan(lines);
      expect(rows).toBeLessThanOrEqual(lines + 2 * page);
    } finally {
      control.setFaults([]);
      await gateway.close();
    }
  });
});

describe('GET /export, switched off', () => {
  it('is not there', async () => {
    const gateway = await runGateway({ sandbox: { subjects: 5 }, settings: { export: false } });
    try {
      expect((await fetch(`${gateway.url}/export`)).status).toBe(404);
    } finally {
      await gateway.close();
    }
  });
});
