import { Stack, Text } from '@mantine/core';
import { IconInbox } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** Said where a list has nothing in it: that it is so, and not that it has yet to come. */
export const Empty = ({ children }: { readonly children: ReactNode }) => (
  <Stack align="center" gap={6} py={48} c="dimmed" data-empty>
    <IconInbox size={28} stroke={1.4} aria-hidden />
    <Text size="sm">{children}</Text>
  </Stack>
);
