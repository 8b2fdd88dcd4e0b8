import { createServer, request, type Server } from 'node:http';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import type { RunningGateway } from '../support/running-gateway.ts';
import { signIn } from './running-console.ts';
import { useConsole } from './use-console.ts';

const apiKey = 'key-of-the-tester-0123456789';
const issuer = 'https://issuer.example';

describe.skipIf(isBrowserMissing)(`signing in to the console${browserNote}`, () => {
  const used = useConsole();
  let passthrough: RunningGateway;
  let service: RunningGateway;
  let keys: { readonly privateKey: CryptoKey; readonly publicKey: CryptoKey };
  let keySet: Server;

  beforeAll(async () => {
    keys = await generateKeyPair('ES256');
    const key = { ...(await exportJWK(keys.publicKey)), kid: 'one', alg: 'ES256' };
    keySet = createServer((_request, response) => response.end(JSON.stringify({ keys: [key] })));
    const keysUrl = await listen(keySet);
    [passthrough, service] = await Promise.all([
      used.runAnother({ isSandboxMode: false }),
      used.runAnother({
        isSandboxMode: false,
        settings: {
          auth: 'service',
          username: 'administrator@sandbox.example',
          password: 'sandbox-administrator',
          apiKeys: [`tester:${apiKey}`],
          jwksUrl: keysUrl,
          jwtIssuer: issuer,
          jwtAudience: 'rolescope',
        },
      }),
    ]);
  });

  afterAll(async () => {
    await Promise.all([passthrough?.close(), service?.close()]);
    keySet?.close();
  });

  const jwtOf = (sub: string): Promise<string> =>
    new SignJWT({ sub })
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setIssuer(issuer)
      .setAudience('rolescope')
      .setExpirationTime('1h')
      .sign(keys.privateKey);

  it('offers each API user of a sandbox with what it can see, and shows no more than that', async () => {
    const { page } = await used.openPage();
    await page.goto(`${used.gateway.url}/subjects`);
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.getByRole('button', { name: /^Sign in as/ }).count()).toBeGreaterThanOrEqual(9);
    expect(await page.getByRole('navigation', { name: 'Pages' }).isVisible()).toBe(false);
    await page.getByRole('button', { name: /^Sign in as customer@sandbox.example .* sees what lies there/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Subjects' }).waitFor();
    await page.getByText(/^\d+ subjects$/).waitFor();
    expect(await page.getByText('2,000 subjects').count()).toBe(0);
    expect(await keptIn(page)).toEqual({ session: 1, local: 0, cookies: '' });
    await page.close();
  });

  it('takes an access token in passthrough, says how to make one, and says where one is not accepted', async () => {
    const { page } = await used.openPage();
    const addresses = addressesOf(page);
    await page.goto(`${passthrough.url}/roles`);
    await page.getByText('rolescope token --region').waitFor();
    await page.getByLabel('Access token').fill('no-token-of-anybody');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('That was not accepted').waitFor();
    await page.getByLabel('Access token').fill(`Bearer ${passthrough.sandbox.adminToken}`);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Roles' }).waitFor();
    await page.getByRole('main').getByText('auditor').first().waitFor();
    await page.reload();
    await page.getByRole('main').getByText('auditor').first().waitFor();
    expect(await keptIn(page)).toEqual({ session: 1, local: 0, cookies: '' });
    expect(addresses.join(' ')).not.toContain(passthrough.sandbox.adminToken);
    await page.close();
  });

  it('takes an API key or a JWT where the gateway has callers of its own', async () => {
    for (const credential of [apiKey, await jwtOf('somebody')]) {
      const { page } = await used.openPage();
      const addresses = addressesOf(page);
      await page.goto(`${service.url}/roles`);
      await page.getByText('an API key or a JWT').waitFor();
      await page.getByLabel('API key or JWT').fill(credential);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByRole('main').getByText('auditor').first().waitFor();
      expect(await keptIn(page)).toEqual({ session: 1, local: 0, cookies: '' });
      expect(addresses.join(' ')).not.toContain(credential);
      await page.close();
    }
  });

  it('asks for nothing where a proxy in front adds the credential, and has nothing to sign out of', async () => {
    const proxy = proxyTo(passthrough.url, { authorization: `Bearer ${passthrough.sandbox.adminToken}` });
    const { page } = await used.openPage();
    await page.goto(new URL('/roles', await listen(proxy)).href);
    await page.getByRole('main').getByText('auditor').first().waitFor();
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0);
    expect(await keptIn(page)).toEqual({ session: 0, local: 0, cookies: '' });
    await page.close();
    proxy.closeAllConnections();
    proxy.close();
  });

  it('asks whose credential has ended for another one in the words of its mode, and goes on at the same page', async () => {
    const { gateway } = used;
    for (const mode of ['sandbox', 'service'] as const) {
      const { page } = await used.openPage();
      if (mode === 'sandbox') await signIn(page, gateway.url, '/roles?name=aud');
      else {
        await page.goto(`${service.url}/roles?name=aud`);
        await page.getByLabel('API key or JWT').fill(apiKey);
        await page.getByRole('button', { name: 'Sign in' }).click();
      }
      await page.getByRole('table', { name: 'Roles' }).getByText('auditor').waitFor();
      const ended = mode === 'sandbox' ? gateway.sandbox.adminToken : apiKey;
      await page.route('**/graphql', async (route) =>
        (await route.request().headerValue('authorization')) === `Bearer ${ended}`
          ? route.fulfill({ json: { errors: [{ message: 'It has ended.', extensions: { code: 'UNAUTHENTICATED' } }] } })
          : route.continue(),
      );
      const name = page.getByLabel('Name contains');
      await name.fill('audi');
      await page.getByText('Your sign-in has ended').waitFor();
      const bar = page.getByRole('alert').filter({ hasText: 'Your sign-in has ended' });
      // The same one again is no way on, and says so by staying.
      if (mode === 'sandbox') {
        await bar.getByRole('button', { name: 'administrator@sandbox.example' }).click();
        await bar.getByRole('button', { name: 'None is taken' }).waitFor();
        await bar.getByRole('button', { name: 'customer@sandbox.example' }).click();
      } else {
        await bar.getByLabel('API key or JWT').fill(await jwtOf('somebody'));
        await bar.getByRole('button', { name: 'Sign in' }).click();
      }
      await bar.waitFor({ state: 'detached' });
      await page.getByRole('table', { name: 'Roles' }).getByText('auditor').waitFor();
      expect(new URL(page.url()).search).toBe('?name=audi');
      expect(await name.inputValue()).toBe('audi');
      await page.close();
    }
  });

  it('leaves nothing behind after signing out: no credential, and nothing that was read with it', async () => {
    const { page } = await used.openPage();
    await signIn(page, used.gateway.url, '/roles');
    await page.getByRole('main').getByText('auditor').first().waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
    expect(await page.getByText('auditor').count()).toBe(0);
    expect(await keptIn(page)).toEqual({ session: 0, local: 0, cookies: '' });
    // Whoever comes next is let in, and the page has nothing to show before its own answer: Relay's store began empty.
    const asked: string[] = [];
    await page.route('**/graphql', async (route) => {
      const { operationName } = route.request().postDataJSON() as { readonly operationName: string };
      asked.push(operationName);
      if (operationName === 'sessionGateQuery') await route.continue();
    });
    await page.getByRole('button', { name: /^Sign in as reader@/ }).click();
    await page.getByRole('heading', { level: 1, name: 'Roles' }).waitFor();
    await expect.poll(() => asked).toContain('pageRolesQuery');
    expect(await page.getByText('auditor').count()).toBe(0);
    await page.close();
  });
});

const listen = async (server: Server): Promise<string> => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('it does not listen');
  return `http://127.0.0.1:${address.port}/`;
};

/** A proxy that adds headers to what it passes on. */
const proxyTo = (origin: string, headers: Record<string, string>): Server =>
  createServer((incoming, outgoing) => {
    const { host: _host, ...kept } = incoming.headers;
    const { hostname, port } = new URL(origin);
    const options = { hostname, port, path: incoming.url, method: incoming.method, headers: { ...kept, ...headers } };
    const onward = request(options, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });

/** What the browser keeps for the page. The colours that somebody chose may stand in `localStorage`: nobody chose any here. */
const keptIn = (page: Page): Promise<{ session: number; local: number; cookies: string }> =>
  page.evaluate(() => ({ session: sessionStorage.length, local: localStorage.length, cookies: document.cookie }));

/** Every address that the page goes to or asks, as it goes on. */
const addressesOf = (page: Page): readonly string[] => {
  const addresses: string[] = [];
  page.on('request', (asked) => addresses.push(asked.url()));
  page.on('framenavigated', (frame) => addresses.push(frame.url()));
  return addresses;
};
