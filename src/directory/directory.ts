import type { Operation } from '../model/operation.ts';
import type { PageSource } from '../model/page.ts';
import type { KnownPages } from '../pages/known-pages.ts';
import { createLister } from './list.ts';
import { createFinder } from './lookups.ts';
import type { Directory } from './questions.ts';

export interface DirectorySettings {
  /** What kept pages tell without a call. Absent: no pages are kept. */
  readonly known?: KnownPages;
  /** Whether clients that page on are given larger upstream pages. Default: false. */
  readonly readAhead?: boolean;
}

/** Makes a directory for every operation. */
export interface Directories {
  forOperation(operation: Operation): Directory;
}

/** Puts the directory together over a source of pages. */
export const createDirectory = (source: PageSource, settings: DirectorySettings = {}): Directories => ({
  forOperation: (operation) => ({
    list: createLister({ source, operation, known: settings.known, readAhead: settings.readAhead ?? false }),
    find: createFinder(source, operation),
  }),
});
