import { Skeleton, Stack } from '@mantine/core';
import { WaitingNote } from './census-waiting.tsx';

/** Stands where a page will be. */
export const PageSkeleton = () => (
  <Stack gap="md" role="status" aria-label="Loading">
    <Skeleton height={28} width={220} />
    <WaitingNote />
    <RowsOnly count={10} />
  </Stack>
);

export interface RowsSkeletonProps {
  readonly count?: number;
  /** Whether the whole account has to be read for what is waited for: then it is said how far that is. */
  readonly isCensus?: boolean;
}

/** Stands where the rows of a list will be, and says after a while what is waited for. */
export const RowsSkeleton = ({ count = 5, isCensus = false }: RowsSkeletonProps) => (
  <Stack gap="sm" role="status" aria-label="Loading">
    <WaitingNote isCensus={isCensus} />
    <RowsOnly count={count} />
  </Stack>
);

const RowsOnly = ({ count }: { readonly count: number }) => (
  <Stack gap={8}>
    {Array.from({ length: count }, (_, index) => (
      <Skeleton key={index} height={34} />
    ))}
  </Stack>
);
