import { Anchor, Group, Progress, Stack, Text } from '@mantine/core';
import { Link } from 'react-router';
import { countText, isUuid } from './words.ts';

export interface Bar {
  readonly label: string;
  readonly count: number;
  /** The list that the number counts. */
  readonly address: string;
}

/** Counts beside each other, largest first, each leading to what it counts. */
export const Bars = ({ bars, label }: { readonly bars: readonly Bar[]; readonly label: string }) => {
  const most = Math.max(1, ...bars.map(({ count }) => count));
  return (
    <Stack gap={6} component="ul" aria-label={label} m={0} p={0} style={{ listStyle: 'none' }}>
      {bars.map(({ label: name, count, address }) => (
        <li key={address}>
          <Group justify="space-between" gap="xs" wrap="nowrap">
            <Anchor
              component={Link}
              to={address}
              {...(isUuid(name) ? { ff: 'monospace', size: 'xs' } : { size: 'sm' })}
              truncate
            >
              <bdi>{name}</bdi>
            </Anchor>
            <Text size="sm" ff="monospace">
              {countText(count)}
            </Text>
          </Group>
          <Progress value={(100 * count) / most} size={4} aria-hidden className="no-print" />
        </li>
      ))}
    </Stack>
  );
};
