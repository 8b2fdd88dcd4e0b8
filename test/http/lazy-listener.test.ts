import { createServer, get, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createLazyListener } from '../../src/http/lazy-listener.ts';

let close = (): void => {};
afterEach(() => close());

const serve = async (listener: RequestListener): Promise<string> => {
  const server = createServer(listener);
  close = () => void server.close();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

describe('a listener that is made when it is asked', () => {
  it('is made once, and answers everybody who waited for it', async () => {
    let made = 0;
    let answered = 0;
    const asked: (() => void)[] = [];
    const listener = createLazyListener(async () => {
      made++;
      await new Promise<void>((resolve) => asked.push(resolve));
      return (_request, response) => response.end(String(++answered));
    });
    let waiting = 0;
    const url = await serve((request, response) => {
      listener(request, response);
      if (++waiting === 3) for (const resolve of asked) resolve();
    });
    const texts = await Promise.all([1, 2, 3].map(async () => (await fetch(url)).text()));
    expect(texts.sort()).toEqual(['1', '2', '3']);
    expect(await (await fetch(url)).text()).toBe('4');
    expect(made).toBe(1);
  });

  it('says so where it cannot be made', async () => {
    const url = await serve(createLazyListener(() => Promise.reject(new Error('a file is gone'))));
    const response = await fetch(url);
    expect(response.status).toBe(500);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'INTERNAL' } }] });
  });

  it('is not asked for clients who went away', async () => {
    const answered: (string | undefined)[] = [];
    let finish = (): void => {};
    const listener = createLazyListener(async () => {
      await new Promise<void>((resolve) => (finish = resolve));
      return (request, response) => {
        answered.push(request.url);
        response.end();
      };
    });
    const url = await serve((request, response) => {
      listener(request, response);
      if (request.url === '/gone') left.destroy();
      response.once('close', () => finish());
    });
    const left = get(`${url}/gone`);
    await once(left, 'error');
    await fetch(`${url}/stays`);
    expect(answered).toEqual(['/stays']);
  });
});
