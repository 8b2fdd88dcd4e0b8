import { accessSync, constants, mkdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

/** Where test runs leave their screenshots. */
const screenshots = fileURLToPath(new URL('../../test-results/', import.meta.url));

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The installed Chromium, or what `CHROMIUM_PATH` names; undefined where there is none. */
export const findChromium = (): string | undefined =>
  process.env['CHROMIUM_PATH'] ||
  (process.env['PATH'] ?? '')
    .split(delimiter)
    .flatMap((directory) => names.map((name) => join(directory, name)))
    .find(isExecutable);

const executablePath = findChromium();

/**
 * True where suites that need a browser are to be skipped, by `describe.skipIf`: there is none. Never true in CI, where they
 * run and fail: nothing must be able to go untested there.
 */
export const isBrowserMissing = executablePath === undefined && !process.env['CI'];

/** Belongs behind the name of a suite that needs a browser, so that a skipped one says why. */
export const browserNote = isBrowserMissing ? ' (skipped: no Chromium found)' : '';

/** Starts a headless Chromium that can reach nothing but this machine. */
export const openBrowser = async (): Promise<Browser> => {
  if (executablePath === undefined) throw new Error('no Chromium found: install it, or name it in CHROMIUM_PATH');
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
};

/** A page, and what it did that a test must know of. */
export interface WatchedPage {
  readonly page: Page;
  /** Addresses asked for that are not on this machine. A test must find it empty. */
  readonly outsideRequests: string[];
  /** Errors that the page threw and did not catch, and resources that a content security policy kept out. */
  readonly pageErrors: string[];
}

/** Opens an empty page and watches what it does from the first request on. */
export const openWatchedPage = async (browser: Browser): Promise<WatchedPage> => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const outsideRequests: string[] = [];
  const pageErrors: string[] = [];
  const note = (address: string): void => {
    if (!isLocal(address)) outsideRequests.push(address);
  };
  page.on('request', (request) => note(request.url()));
  page.on('websocket', (socket) => note(socket.url()));
  page.on('pageerror', (error) => pageErrors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && /content security policy/i.test(message.text())) pageErrors.push(message.text());
  });
  return { page, outsideRequests, pageErrors };
};

/** Keeps a picture of the page in `test-results/` under this name, for people to look at: not in CI, where nobody does. */
export const keepScreenshot = async (page: Page, name: string): Promise<void> => {
  if (process.env['CI']) return;
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
};

const isLocal = (address: string): boolean => {
  const { protocol, hostname } = new URL(address);
  if (['data:', 'blob:', 'about:', 'chrome-error:'].includes(protocol)) return true;
  return hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';
};
