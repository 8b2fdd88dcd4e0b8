import type { Page } from 'playwright-core';

/** Texts of a page that are cut off without a sign of it: what holds them hides what does not fit, and no ellipsis says so. */
export const clippedTexts = (page: Page): Promise<readonly string[]> =>
  page.evaluate(() => {
    /** Whether what sticks out of it is hidden, before anything says that there is more. */
    const isCut = (text: Element): boolean => {
      const { right, width } = text.getBoundingClientRect();
      if (width === 0) return false;
      for (
        let around: Element | null = text;
        around !== null && around.tagName !== 'MAIN';
        around = around.parentElement
      ) {
        const style = getComputedStyle(around);
        if (style.overflowX === 'auto' || style.overflowX === 'scroll') return false;
        if (style.overflowX !== 'hidden' && style.overflowX !== 'clip') continue;
        const isOut =
          around === text ? text.scrollWidth > text.clientWidth : right > around.getBoundingClientRect().right + 1;
        if (isOut) return style.textOverflow !== 'ellipsis';
        if (style.textOverflow === 'ellipsis') return false;
      }
      return false;
    };
    const withText = [...document.querySelectorAll('main *')].filter(
      (element) =>
        element.checkVisibility() &&
        [...element.childNodes].some(
          ({ nodeType, textContent }) => nodeType === Node.TEXT_NODE && textContent?.trim() !== '',
        ),
    );
    return withText.filter(isCut).map(({ textContent }) => textContent ?? '');
  });
