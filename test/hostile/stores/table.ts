import {
  fillBreaker,
  fillCallers,
  fillClosedDomains,
  fillJwts,
  fillLookupCounts,
  fillPageSizes,
  fillSharedNames,
  fillTokens,
} from './fill-callers.ts';
import {
  fillConnections,
  fillLargeAccounts,
  fillListSizes,
  fillNameCandidates,
  fillRecordedNames,
  fillRefusedPageTokens,
  fillSharedVersions,
} from './fill-lists.ts';

/** How it is shown that a store keeps to its bound. */
export interface StoreShown {
  /** Files below `src` in which a cache of the store is made. */
  readonly madeIn?: readonly string[];
  /** Fills it beyond its bound, and expects what there has to be then. */
  readonly fill?: () => void | Promise<void>;
  /** Tests that fill it already: file below `test`, and a part of a name in it. */
  readonly shownBy?: readonly (readonly [file: string, name: string])[];
  /** Why nothing fills it. */
  readonly notFilled?: string;
}

/** One for each row of the table in SECURITY.md, by the row's name. */
export const stores: Readonly<Record<string, StoreShown>> = {
  connections: { fill: fillConnections },
  subscribers: {
    shownBy: [
      ['http/events.test.ts', 'is bounded in number, for a caller and in all'],
      ['record/change-feed.test.ts', 'ends a subscriber that has more than 10,000 changes waiting'],
    ],
  },
  'bodies on their way': {
    shownBy: [
      ['hostile/clients.test.ts', 'hold no more than their bound, and nobody else is kept from asking'],
      ['http/body.test.ts', 'hold no more than allowed'],
    ],
  },
  'unread answers': { shownBy: [['hostile/clients.test.ts', 'hold no more than the bound on unread answers']] },
  'operations under way': { shownBy: [['operations/pipeline.test.ts', 'refuses more operations at once']] },
  'callers (passthrough)': { madeIn: ['http/authentication.ts'], fill: fillCallers },
  'callers (service mode)': { madeIn: ['http/jwt.ts'], fill: fillJwts },
  'tokens that upstream knows (passthrough)': { madeIn: ['upstream/credentials/passthrough.ts'], fill: fillTokens },
  'failures of callers': { madeIn: ['upstream/policies/circuit-breaker.ts'], fill: fillBreaker },
  'closed domains': { madeIn: ['directory/closed-domains.ts'], fill: fillClosedDomains },
  'key set': { shownBy: [['http/authentication.test.ts', 'are not made to wait by an answer that never ends']] },
  GraphiQL: { notFilled: 'its parts are files of the package: nothing that is sent adds to them' },
  'the console': { notFilled: 'the names are those of files of the package: nothing that is sent adds to them' },
  'a record': { shownBy: [['record/record.test.ts', 'lets go of what has ended long enough ago']] },
  'names in a record': { fill: fillRecordedNames },
  'accounts beyond memory': { madeIn: ['access/census/refusals.ts'], fill: fillLargeAccounts },
  'pages, single things': {
    madeIn: ['pages/memory-store.ts'],
    shownBy: [
      ['pages/page-cache.test.ts', 'stays within its bytes and drops what was not used for longest'],
      ['pages/kept-values.test.ts', 'share the bound of pages'],
      ['pages/operation-pages.test.ts', 'counts what it holds together with all that is kept'],
    ],
  },
  'pages looked at last': { shownBy: [['pages/subjects/compact.test.ts', 'keep the roles that were made']] },
  'sizes remembered': {
    madeIn: ['pages/size-estimates.ts', 'upstream/list-sources.ts'],
    async fill() {
      fillListSizes();
      await fillPageSizes();
    },
  },
  'lists that led nowhere': { fill: fillRefusedPageTokens },
  versions: {
    madeIn: ['pages/redis/versions.ts'],
    fill: fillSharedVersions,
    shownBy: [['pages/versions.test.ts', 'takes no version for an earlier one when it has forgotten which there were']],
  },
  'counts of lookups': {
    madeIn: ['directory/by-uuid.ts'],
    fill: fillLookupCounts,
  },
  'names in Redis': {
    madeIn: ['upstream/rate-limit/remembered-names.ts'],
    fill: fillSharedNames,
  },
  'answers kept whole': {
    madeIn: ['operations/response-cache.ts'],
    shownBy: [['operations/response-cache.test.ts', 'stay within their bytes, the longest unused gone first']],
  },
  'questions asked once': {
    madeIn: ['operations/response-cache.ts'],
    shownBy: [
      ['operations/response-cache.test.ts', 'are kept from the second time on'],
      ['hostile/clients.test.ts', 'with a large variable that is used'],
    ],
  },
  documents: {
    madeIn: ['operations/documents/document-cache.ts'],
    shownBy: [
      ['hostile/clients.test.ts', 'with a large text in the document'],
      ['hostile/documents.test.ts', 'leaves nothing behind, however many are sent'],
    ],
  },
  'registered operations': {
    madeIn: ['operations/documents/persisted-operations.ts'],
    shownBy: [['operations/documents/persisted-operations.test.ts', 'forget the oldest rather than grow']],
  },
  'pending ids': {
    madeIn: ['upstream/pending/store.ts'],
    shownBy: [['upstream/pending/stores.test.ts', 'keeps no more than it may, the newest']],
  },
  'rate windows': {
    shownBy: [['upstream/rate-limit/sliding-window.test.ts', 'forgets credentials that are idle']],
  },
  exports: { shownBy: [['http/export.test.ts', 'takes two of a caller at once']] },
  'waiting calls': { shownBy: [['upstream/rate-limit/rate-queue.test.ts', 'who has too many waiting']] },
  'operation names in metrics': {
    madeIn: ['operations/telemetry/operation-labels.ts'],
    shownBy: [['operations/telemetry/signals.test.ts', 'tells a hundred names at most']],
  },
  'candidates for these names': { madeIn: ['operations/telemetry/operation-labels.ts'], fill: fillNameCandidates },
};
