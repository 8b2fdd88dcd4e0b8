import { createSandbox, type SandboxOptions } from '../../src/index.ts';
import { hasPostgres, runPostgres } from '../../test/support/postgres-server.ts';
import type { Server } from '../processes.ts';
import { changeKey, createChanges } from './changes.ts';
import { chanceFrom } from './chance.ts';
import { readModel, rolesOf } from './model.ts';
import { startReplica } from './replica.ts';
import { isRecording, readRecorded, subscribersOf } from './record-questions.ts';
import { problemOf } from './stream-problem.ts';
import { openSubscribers, type Session } from './subscribers.ts';

export interface RecordedOptions {
  readonly gateway: string;
  readonly redisUrl: string;
  readonly subjects: number;
  readonly faults: SandboxOptions['faults'];
  readonly subscribers: number;
  /** Is given what ends each thing that was started. */
  readonly onStarted: (end: () => unknown) => void;
}

export interface RecordedOutcome {
  /** Changes that upstream has carried out. */
  readonly changes: number;
  /** Streams of events, those included that came and went. */
  readonly streams: number;
  /** Events in all of them. */
  readonly events: number;
  readonly wrong: readonly string[];
}

/** Two replicas with a record, over a world of their own that changes. */
export interface Recorded {
  readonly replicas: readonly Server[];
  /** Changes the world, listens to both replicas, and compares what they tell with what was changed. */
  run(seconds: number): Promise<RecordedOutcome>;
}

const apiKeys = ['first-key-of-the-endurance-run', 'second-key-of-the-endurance-run'] as const;
const censusEveryMs = 3000;
const changeEveryMs = 1000;
/** When the database goes away and comes back, in parts of the time. */
const outage = { from: 0.45, to: 0.5 };
/** How long after the last change all must have been told, at most: some censuses fail, and who lost the database waits before it looks again. */
const longestTellingMs = 60_000;

/**
 * Starts a world, a database, and two replicas in service mode that share it and Redis: where every caller brings a credential there is no one account to record. The
 * world is not that of the other replicas, because theirs must not change. Undefined where there is no PostgreSQL.
 */
export const startRecorded = async (options: RecordedOptions): Promise<Recorded | undefined> => {
  if (!hasPostgres) return undefined;
  const { gateway, redisUrl, subjects, faults, subscribers: count, onStarted } = options;
  const sandbox = await createSandbox({ subjects, rateLimit: false, fairUse: false });
  onStarted(() => sandbox.close());
  const model = await readModel(sandbox.url, sandbox.adminToken);
  // What is changed has to be known.
  sandbox.control.setFaults((faults ?? []).map((rule) => ({ ...rule, method: 'GET' })));
  const postgres = await runPostgres();
  onStarted(() => postgres.remove());
  const record = await postgres.createDatabase();
  const [administrator] = sandbox.users;
  const environment = {
    ROLESCOPE_AUTH: 'service',
    ROLESCOPE_USERNAME: administrator?.name ?? '',
    ROLESCOPE_PASSWORD: administrator?.password ?? '',
    ROLESCOPE_API_KEYS: apiKeys.map((key, index) => `caller-${index}:${key}`).join(','),
    ROLESCOPE_RECORD: record,
    ROLESCOPE_CENSUS_EVERY_MS: String(censusEveryMs),
  };
  const replicas = await Promise.all([1, 2].map(() => startReplica({ gateway, sandbox, redisUrl, environment })));
  const gatewayUrls = replicas.map(({ url }) => url);
  const roleNames = [...new Set(model.subjects.flatMap(({ roles }) => rolesOf(roles).map(({ roleName }) => roleName)))];

  const run = async (seconds: number): Promise<RecordedOutcome> => {
    const chance = chanceFrom(7);
    const changes = createChanges({
      upstreamUrl: sandbox.url,
      token: sandbox.adminToken,
      subjects: model.subjects,
      chance,
    });
    const wrong: string[] = [];
    await until(longestTellingMs, async () =>
      (await Promise.all(gatewayUrls.map((url) => isRecording(url, apiKeys[0])))).every(Boolean),
    );
    const subscribers = openSubscribers({
      gatewayUrls,
      apiKeys,
      count,
      roleNames,
      chance,
      onTold: ({ key }) => changes.noteTold(key),
    });
    await until(
      longestTellingMs,
      async () => (await Promise.all(gatewayUrls.map(subscribersOf))).reduce((a, b) => a + b) >= count,
    );
    const beganMs = performance.now();
    const partIs = (part: number): boolean => performance.now() - beganMs > part * seconds * 1000;
    let isGone: boolean | undefined;
    while (!partIs(1)) {
      if (isGone === undefined && partIs(outage.from)) {
        postgres.stop();
        isGone = true;
      }
      if (isGone === true && partIs(outage.to)) {
        postgres.start();
        isGone = false;
      }
      await changes.makeOne();
      await sleep(chance() * 2 * changeEveryMs);
    }
    const made = changes.made.map(changeKey);
    const staying = (): readonly Session[] => subscribers.sessions.filter(({ isStaying }) => isStaying);
    const areTold = await until(longestTellingMs, () =>
      Promise.resolve(
        staying().every(
          ({ roleName, told }) =>
            told.length >=
            changes.made.filter((change) => roleName === undefined || change.roleName === roleName).length,
        ),
      ),
    );
    if (!areTold) wrong.push('some who stayed were not told of all changes in time');
    await subscribers.end();
    const recorded = await Promise.all(gatewayUrls.map((url) => readRecorded(url, apiKeys[0])));
    for (const one of recorded) {
      if (JSON.stringify(one.map(({ key }) => key).toSorted()) !== JSON.stringify(made.toSorted())) {
        wrong.push(`the record has ${one.length} changes, and not the ${made.length} that were made`);
      }
    }
    const [order = []] = recorded;
    for (const session of subscribers.sessions) {
      const problem = problemOf(session, order);
      if (problem !== undefined) wrong.push(problem);
    }
    return {
      changes: made.length,
      streams: subscribers.sessions.length,
      events: subscribers.sessions.reduce((sum, { told }) => sum + told.length, 0),
      wrong: wrong.slice(0, 10),
    };
  };

  return { replicas, run };
};

const until = async (longestMs: number, isSo: () => Promise<boolean>): Promise<boolean> => {
  const endMs = performance.now() + longestMs;
  while (!(await isSo())) {
    if (performance.now() > endMs) return false;
    await sleep(100);
  }
  return true;
};

const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
