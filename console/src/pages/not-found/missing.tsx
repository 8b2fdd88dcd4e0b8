import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';

/** Said where an address names a thing that is not there, or that the caller may not see. */
export const Missing = ({ what }: { readonly what: string }) => (
  <Stack role="alert">
    <Title order={1} size="h2">
      There is no such {what}
    </Title>
    <Text>
      It may have been removed, or lie outside of what you can see.{' '}
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    </Text>
  </Stack>
);
