import { createHash } from 'node:crypto';
import { createDirectory } from '../../src/directory/create-directory.ts';
import { createPages } from '../../src/pages/create-pages.ts';
import { Aborter } from '../../src/platform/abort.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { silentLogger } from '../../src/platform/logger.ts';
import { systemRandom } from '../../src/platform/random.ts';
import type { ReviewProgress } from '../../src/review/export-review.ts';
import type { ReviewPlace } from '../../src/review/read-subjects.ts';
import type { ReviewRequest } from '../../src/review/review-request.ts';
import { createReviews, type Review, type Reviews } from '../../src/review/reviews.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { createUpstream } from '../../src/upstream/client.ts';
import { listRoleAssignments } from '../../src/upstream/endpoints/role-assignments.ts';

export interface Exported {
  readonly text: string;
  readonly pages: readonly ReviewProgress[];
}

export interface Exporter {
  readonly reviews: Reviews;
  /** Begins an export, as the sandbox's administrator. */
  open(request?: Partial<ReviewRequest>, from?: ReviewPlace): Review;
  /** Exports to the end. */
  run(request?: Partial<ReviewRequest>, from?: ReviewPlace): Promise<Exported>;
  close(): Promise<void>;
}

export const wholeReview: ReviewRequest = { format: 'csv', filter: {}, names: true, effective: false, raw: false };

interface ExporterOptions {
  readonly clock?: Clock;
  /** Default: 1000. */
  readonly maxWalkCalls?: number;
}

/** Exports of a sandbox, without a gateway or a command in between. */
export const createExporter = (
  sandbox: Sandbox,
  { clock = systemClock, maxWalkCalls = 1000 }: ExporterOptions = {},
): Exporter => {
  const random = systemRandom;
  const upstream = createUpstream({
    addresses: { ...sandbox.urls, token: sandbox.tokenUrl },
    auth: { mode: 'passthrough' },
    rateLimitPerSecond: 1000,
    clock,
    random,
    logger: silentLogger,
  });
  const pages = createPages({ clock, random, maxBytes: 64 * 1024 * 1024, redis: undefined });
  const directory = createDirectory({ upstream, pages, clock, ttlMs: 60_000, maxWalkCalls, walksGoOn: false });
  const reviews = createReviews({
    subjects: upstream.list(listRoleAssignments),
    directory,
    clock,
    random,
    timeoutMs: 60_000,
  });
  const credentialKey = createHash('sha256').update(sandbox.adminToken).digest('hex');
  const open: Exporter['open'] = (request = {}, from) =>
    reviews.open({
      request: { ...wholeReview, ...request },
      caller: { credentialKey, bearerToken: sandbox.adminToken, reference: null },
      signal: new Aborter().signal,
      from,
    });
  return {
    reviews,
    open,
    async run(request, from) {
      const review = open(request, from);
      const texts: string[] = [];
      const progress: ReviewProgress[] = [];
      for await (const piece of review.pieces) {
        if (piece.kind === 'text') texts.push(piece.text);
        else progress.push(piece.progress);
      }
      return { text: texts.join(''), pages: progress };
    },
    async close() {
      pages.close();
      await upstream.close();
    },
  };
};
