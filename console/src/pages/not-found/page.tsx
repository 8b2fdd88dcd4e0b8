import { Anchor, Stack, Text, Title } from '@mantine/core';
import { Link } from 'react-router';

/** An address that leads nowhere. */
export const Page = () => (
  <Stack>
    <Title order={1} size="h2">
      There is no such page
    </Title>
    <Text>
      The address may be mistyped.{' '}
      <Anchor component={Link} to="/">
        Go to the overview
      </Anchor>
    </Text>
  </Stack>
);
