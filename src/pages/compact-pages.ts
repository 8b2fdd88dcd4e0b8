import type { PageSource } from '../model/page.ts';
import type { PagedList } from './paged-list.ts';

/** Smaller pages are read more often than they fill memory. */
const largePage = 256;

/** Gives large pages in less memory: for whoever keeps them. */
export const compactPages = <Question, Item>(
  source: PageSource<Question, Item>,
  { compact }: Pick<PagedList<Question, Item>, 'compact'>,
): PageSource<Question, Item> =>
  compact === undefined
    ? source
    : {
        async fetchPage(request, operation) {
          const page = await source.fetchPage(request, operation);
          return page.items.length < largePage ? page : { ...page, items: await compact(page.items) };
        },
      };
