import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { builtFolder } from '../support/build-command.ts';
import { runToEnd } from '../support/processes.ts';
import { runGateway, type RunningGateway, type RunningGatewayOptions } from '../support/running-gateway.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Builds the console, and gives its folder. Of the files that run at the same time each has its own, and the next one finds it built: no other build is disturbed. */
export const buildConsole = async (): Promise<string> => {
  const folder = join(builtFolder, `console-${process.env['VITEST_POOL_ID'] ?? 0}`);
  const { code, output } = await runToEnd('node', ['console/build.mjs', '--out', folder], { cwd: root });
  if (code !== 0) throw new Error(`the console cannot be built: ${output}`);
  return folder;
};

/** A gateway that serves the console as `rolescope serve --sandbox` does. */
export const runConsole = async (
  folder: string,
  { parts, settings, ...options }: RunningGatewayOptions = {},
): Promise<RunningGateway> => {
  const accounts: { name: string; description: string; token: string }[] = [];
  const gateway = await runGateway({
    ...options,
    ...(settings !== undefined && { settings }),
    parts: {
      ...(options.isSandboxMode !== false && { sandboxAccounts: accounts }),
      consoleFolder: folder,
      ...parts,
    },
    onSandbox: (sandbox) => {
      for (const { name, description } of sandbox.users) {
        const token = sandbox.tokenOf(name);
        if (token !== undefined) accounts.push({ name, description, token });
      }
    },
  });
  return gateway;
};

/** Signs in as the sandbox's administrator, as a person would. */
export const signIn = async (page: Page, url: string, path = '/'): Promise<void> => {
  await page.goto(`${url}${path}`);
  await page.getByRole('button', { name: 'Sign in as administrator@sandbox.example' }).click();
};

/** The query that the page's button leads to GraphiQL with. */
export const queryInGraphiql = async (page: Page): Promise<string> => {
  const address = (await page.getByRole('link', { name: 'Open in GraphiQL' }).getAttribute('href')) ?? '';
  return new URL(address, page.url()).searchParams.get('query') ?? '';
};
