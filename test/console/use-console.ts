import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { openBrowser, openWatchedPage, type WatchedPage } from '../support/browser.ts';
import type { RunningGateway, RunningGatewayOptions } from '../support/running-gateway.ts';
import { buildConsole, runConsole } from './running-console.ts';

/** What the tests of one suite share. Nothing of it is there before the first test begins. */
export interface UsedConsole {
  /** Serves the console, over a sandbox of its own. */
  readonly gateway: RunningGateway;
  readonly browser: Browser;
  /** A page without any session, and what it did that a test must know of. */
  openPage(): Promise<WatchedPage>;
  /** A gateway beside the shared one. Whoever asks for it closes it. */
  runAnother(options?: RunningGatewayOptions): Promise<RunningGateway>;
}

/** Builds the console and opens one browser and one gateway for the suite around it, and ends them after its last test. */
export const useConsole = (options: RunningGatewayOptions = {}): UsedConsole => {
  let folder: string | undefined;
  let gateway: RunningGateway | undefined;
  let browser: Browser | undefined;

  beforeAll(async () => {
    folder = await buildConsole();
    [gateway, browser] = await Promise.all([runConsole(folder, options), openBrowser()]);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    await gateway?.close();
  });

  return {
    get gateway() {
      return there(gateway);
    },
    get browser() {
      return there(browser);
    },
    openPage: () => openWatchedPage(there(browser)),
    runAnother: (other = {}) => runConsole(there(folder), other),
  };
};

const there = <Thing>(thing: Thing | undefined): Thing => {
  if (thing === undefined) throw new Error('the console is there in tests alone');
  return thing;
};
