import type { Page } from 'playwright-core';

/** As wide as an A4 page is between its margins, in CSS pixels. */
const widthPx = 718;

/** What is wrong with a page as it prints now: what is not black on white, what does not fit the paper, and a missing date. Leaves the page on the screen. */
export const wrongOnPaper = async (page: Page): Promise<readonly string[]> => {
  const size = page.viewportSize();
  await page.setViewportSize({ width: widthPx, height: 1000 });
  await page.emulateMedia({ media: 'print' });
  await page
    .getByText(/^Printed .*\d{4}.* from \//)
    .first()
    .waitFor();
  const wrong = await page.evaluate((width) => {
    const shown = [...document.querySelectorAll('main, main *')].filter((element) => element.checkVisibility());
    const found = shown.flatMap((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      const said = `${element.tagName} ${element.textContent.slice(0, 60)}`;
      return [
        ...(color === 'rgb(0, 0, 0)' ? [] : [`${color}: ${said}`]),
        ...(backgroundColor === 'rgba(0, 0, 0, 0)' ? [] : [`on ${backgroundColor}: ${said}`]),
        ...(element.getBoundingClientRect().right <= width + 1 ? [] : [`off the paper: ${said}`]),
      ];
    });
    const ground = getComputedStyle(document.body).backgroundColor;
    return ground === 'rgb(255, 255, 255)' ? found : [`the page is ${ground}`, ...found];
  }, widthPx);
  await page.emulateMedia({ media: null });
  if (size !== null) await page.setViewportSize(size);
  return wrong;
};
