import { Skeleton, Stack } from '@mantine/core';

/** Stands where a page will be. */
export const PageSkeleton = () => (
  <Stack gap="md" role="status" aria-label="Loading">
    <Skeleton height={28} width={220} />
    <Skeleton height={90} />
    <RowsSkeleton count={8} />
  </Stack>
);

/** Stands where the rows of a list will be. */
export const RowsSkeleton = ({ count = 5 }: { readonly count?: number }) => (
  <Stack gap={6}>
    {Array.from({ length: count }, (_, index) => (
      <Skeleton key={index} height={34} />
    ))}
  </Stack>
);
