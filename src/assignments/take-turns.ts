import type { Operation } from '../model/operation.ts';
import type { Page, PageRequest, PageSource } from '../model/page.ts';
import type { Turns } from '../platform/turns.ts';

/**
 * Lets others have a turn before a page where this turn has taken its time: whoever walks over kept pages goes from one to the next without ever
 * waiting for anything, and looks at a thousand subjects on each.
 */
export const takeTurns = <Question, Item>(
  source: PageSource<Question, Item>,
  turns: Turns,
): PageSource<Question, Item> => {
  const inLaterTurn = async (request: PageRequest<Question>, operation: Operation): Promise<Page<Item>> => {
    do await new Promise<void>((resolve) => turns.wait(operation, resolve));
    while (turns.isOver());
    return source.fetchPage(request, operation);
  };
  return {
    fetchPage: (request, operation) =>
      turns.isOver() ? inLaterTurn(request, operation) : source.fetchPage(request, operation),
  };
};
