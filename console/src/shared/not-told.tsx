import { Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Said in the place of what one failed field left out: that it could not be told, which is not the same as that there is nothing. */
export const NotTold = ({ children }: { readonly children: ReactNode }) => (
  <Text c="dimmed" size="sm" py="md" data-not-told>
    {children} could not be told. Try again, or look at the notice for the reason.
  </Text>
);
