import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import { keepScreenshot } from '../support/browser.ts';

/** Run from outside of the page's own policy, as a browser's tools are. */
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe-core, with every rule on, says against what the page shows now, light and dark, narrow and wide: each violation with where and how it was
 * seen. Keeps a picture of each, and leaves the page as wide as it was.
 */
export const violationsOf = async (page: Page, name: string): Promise<readonly string[]> => {
  const violations: string[] = [];
  const size = page.viewportSize();
  await page.evaluate(axe);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1400, 360]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      // Another width puts something else below the pointer, and its hint opens in the midst of looking, or does not.
      await page.mouse.move(0, 0);
      await keepScreenshot(page, `console-${name}-${width}-${colorScheme}`);
      const found = await page.evaluate<
        readonly string[]
      >(`axe.run({ resultTypes: ['violations'] }).then(({ violations }) =>
        violations.map(({ id, nodes }) => id + ' ' + nodes.slice(0, 2).map(({ target }) => target.join(' ')).join(', ')))`);
      violations.push(...found.map((violation) => `${name} ${width} ${colorScheme}: ${violation}`));
    }
  }
  if (size !== null) await page.setViewportSize(size);
  return violations;
};
