import { Progress, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { fetchQuery, graphql, useRelayEnvironment } from 'react-relay';
import { GraphError } from '../session/graph-error.ts';
import { countText } from './words.ts';
import type { censusWaitingQuery } from '../__generated__/censusWaitingQuery.graphql';

/** How far a walk of the whole account is. */
export interface Walk {
  readonly walked: number;
  readonly total: number;
}

/** How far a walk of the account is, where the graph said so; undefined for any other error. */
export const pendingWalk = (error: unknown): Walk | undefined => {
  if (!(error instanceof GraphError) || error.failure.code !== 'UPSTREAM_PENDING') return undefined;
  const { walked, total } = error.failure;
  return walked === undefined || total === undefined ? undefined : { walked, total };
};

/** How much of the account is read, as a bar, and about how long the rest may take. */
export const WalkBar = ({ walked, total, perSecond }: Walk & { readonly perSecond: number }) => (
  <Stack gap={4}>
    <Text size="sm">
      Reading the account: {countText(walked)} of {countText(total)} subjects, about{' '}
      {countText(Math.ceil(Math.max(0, total - walked) / perSecond))} s left
    </Text>
    <Progress value={(100 * walked) / Math.max(1, total)} aria-label="Subjects read" />
    <WaitedFor />
  </Stack>
);

/** What everybody waits for. */
const WaitedFor = () => (
  <Text size="xs" c="dimmed">
    Waiting for ESET Connect (10 calls a second)
  </Text>
);

/** What upstream's limit lets through at best: ten calls of a thousand subjects. */
export const mostPerSecond = 10_000;
const patienceMs = 1000;
const pauseMs = 1000;

/** Beside a skeleton that has stood for a while: what is waited for. Where it is the whole account, how far that is. */
export const WaitingNote = ({ isCensus = false }: { readonly isCensus?: boolean }) => {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return isLong ? isCensus ? <CensusProgress /> : <WaitedFor /> : null;
};

const CensusProgress = () => {
  const environment = useRelayEnvironment();
  const [first, setFirst] = useState<(Walk & { readonly atMs: number }) | undefined>();
  const [walk, setWalk] = useState<(Walk & { readonly atMs: number }) | undefined>();
  useEffect(() => {
    let timer: number | undefined;
    let asking: { unsubscribe(): void } | undefined;
    const look = (): void => {
      asking = fetchQuery<censusWaitingQuery>(
        environment,
        graphql`
          query censusWaitingQuery {
            census {
              subjectCount
            }
          }
        `,
        {},
        // It joins the walk that the page waits for, and costs no call of its own.
        { networkCacheConfig: { force: true, metadata: { waitSeconds: 1 } } },
      ).subscribe({
        error: (error: unknown) => {
          const told = pendingWalk(error);
          // Any other error is the page's to tell.
          if (told === undefined) return;
          const now = { ...told, atMs: performance.now() };
          setFirst((known) => known ?? now);
          setWalk(now);
          timer = window.setTimeout(look, pauseMs);
        },
      });
    };
    look();
    return () => {
      asking?.unsubscribe();
      window.clearTimeout(timer);
    };
  }, [environment]);
  if (walk === undefined) return <WaitedFor />;
  const seconds = first === undefined ? 0 : (walk.atMs - first.atMs) / 1000;
  const read = first === undefined ? 0 : walk.walked - first.walked;
  return <WalkBar {...walk} perSecond={seconds > 0 && read > 0 ? read / seconds : mostPerSecond} />;
};
