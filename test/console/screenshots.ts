// Makes a picture of every page of the console, light and dark, wide and narrow, for people to look at: `npm run console:screenshots`.
// With `--only TEXT` only pages whose name has it; with `--colours light` one scheme alone. They are put into test-results/console/, each page also as it prints.
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { openBrowser } from '../support/browser.ts';
import { pagesOf } from './pages.ts';
import { recordPagesOf, runRecordingConsole } from './recording-console.ts';
import { buildConsole, signIn } from './running-console.ts';

const { values: flags } = parseArgs({ options: { only: { type: 'string' }, colours: { type: 'string' } } });
const folder = fileURLToPath(new URL('../../test-results/console/', import.meta.url));
const schemes = (['light', 'dark'] as const).filter(
  (scheme) => flags.colours === undefined || flags.colours === scheme,
);
const widths = [1400, 360];

const keep = async (page: Page, name: string): Promise<void> => {
  for (const colorScheme of schemes) {
    for (const width of widths) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: width > 1000 ? 900 : 780 });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
  }
};

/** As it comes out on paper, begun in dark colours. */
const keepPrint = async (page: Page, name: string): Promise<void> => {
  await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
  // As wide as an A4 page is between its margins.
  await page.setViewportSize({ width: 718, height: 1016 });
  await page.screenshot({ path: join(folder, `${name}-print.png`) });
  await page.pdf({ path: join(folder, `${name}.pdf`), format: 'A4' });
  await page.emulateMedia({ media: null });
};

const [gateway, browser] = await Promise.all([runRecordingConsole(await buildConsole()), openBrowser()]);
try {
  await gateway.changeSome();
  if (flags.only === undefined) rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const page = await browser.newPage();
  await page.goto(gateway.url);
  await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor();
  if ('sign-in'.includes(flags.only ?? '')) await keep(page, 'sign-in');
  await signIn(page, gateway.url);
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();
  const pages = (await pagesOf(gateway)).map((shown) => ({ ...shown, isLive: false }));
  const livePages = (await recordPagesOf(gateway)).map((shown) => ({ ...shown, isLive: true }));
  for (const { name, path, says, isLive } of [...pages, ...livePages]) {
    if (!name.includes(flags.only ?? '')) continue;
    await page.goto(`${gateway.url}${path}`);
    await page.getByRole('main').getByText(says).filter({ visible: true }).first().waitFor();
    // What follows changes is never idle.
    if (!isLive) await page.waitForLoadState('networkidle');
    await keep(page, name);
    await keepPrint(page, name);
    process.stdout.write(`${name}\n`);
  }
} finally {
  await browser.close();
  await gateway.close();
}
process.stdout.write(`pictures are in ${folder}\n`);
