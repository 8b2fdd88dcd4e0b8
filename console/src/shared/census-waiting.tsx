import { Progress, Stack, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { GraphError } from '../session/graph-error.ts';
import { countText } from './words.ts';

/** How far a walk of the account is, where the graph said so; undefined for any other error. */
export const pendingWalk = (
  error: unknown,
): { readonly walked: number; readonly total: number; readonly retryAfterMs: number } | undefined => {
  if (!(error instanceof GraphError) || error.failure.code !== 'UPSTREAM_PENDING') return undefined;
  const { walked, total, retryAfterMs = 1000 } = error.failure;
  return walked === undefined || total === undefined ? undefined : { walked, total, retryAfterMs };
};

/** Shown while the whole account is read: how much of it, how long it may take, and what it waits for. Asks again by itself. */
export const CensusWaiting = ({
  walked,
  total,
  retryAfterMs,
  onRetry,
}: NonNullable<ReturnType<typeof pendingWalk>> & { readonly onRetry: () => void }) => {
  useEffect(() => {
    const timer = setTimeout(onRetry, Math.min(retryAfterMs, 5000));
    return () => clearTimeout(timer);
  }, [onRetry, retryAfterMs]);
  const secondsLeft = Math.ceil(Math.max(0, total - walked) / 10_000);
  return (
    <Stack gap={4} role="status">
      <Text size="sm">
        Reading the account: {countText(walked)} of {countText(total)} subjects, about {secondsLeft} s left
      </Text>
      <Progress value={(100 * walked) / Math.max(1, total)} aria-label="Subjects read" />
      <Text size="xs" c="dimmed">
        Waiting for ESET Connect (10 calls a second)
      </Text>
    </Stack>
  );
};

const patienceMs = 1500;

/** A sentence beside a skeleton that has stood for a while: what everybody waits for. */
export const WaitingNote = () => {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLong(true), patienceMs);
    return () => clearTimeout(timer);
  }, []);
  return isLong ? (
    <Text size="sm" c="dimmed" role="status">
      Waiting for ESET Connect (10 calls a second)…
    </Text>
  ) : null;
};
