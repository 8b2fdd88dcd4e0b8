import type { Operation } from '../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../model/page.ts';
import type { Turns } from '../platform/turns.ts';

/**
 * Lets others have a turn before a page and behind it, where this turn has taken its time: whoever walks over kept pages goes from one to the next
 * without ever waiting for anything, thousands may wait for the same page, and each looks at a thousand subjects on it.
 */
export const takeTurns = <Question, Item>(
  source: PageSource<Question, Item>,
  turns: Turns,
): PageSource<Question, Item> => {
  const laterTurn = async (operation: Operation): Promise<void> => {
    do await new Promise<void>((resolve) => turns.wait(operation, resolve));
    while (turns.isOver());
  };
  const fetchPage = async (request: PageRequest<Question>, operation: Operation): Promise<Page<Item>> => {
    if (turns.isOver()) await laterTurn(operation);
    const page = await source.fetchPage(request, operation);
    if (turns.isOver()) await laterTurn(operation);
    return page;
  };
  return { fetchPage };
};
