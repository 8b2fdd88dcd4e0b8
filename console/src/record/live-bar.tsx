import { Button, Group, Text } from '@mantine/core';
import { IconArrowUp } from '@tabler/icons-react';
import classes from './live-bar.module.css';
import { countText } from '../shared/words.ts';
import type { LiveChanges } from './use-live-changes.ts';

const words = {
  connecting: 'connecting…',
  live: 'live',
  paused: 'paused',
  ended: 'not live',
} as const;

/** Says whether a list of changes keeps up by itself, and what has come while its reader was further down. */
export const LiveBar = ({ live: { state, waiting, show } }: { readonly live: LiveChanges }) => (
  <>
    <Group gap={6} wrap="nowrap" className="no-print" component="span" role="status" data-live={state}>
      <span className={classes['dot']} data-live={state} aria-hidden />
      <Text size="sm" component="span" inherit>
        {words[state]}
      </Text>
    </Group>
    <div className={`${classes['news'] ?? ''} no-print`} role="status">
      {waiting > 0 && (
        <Button size="xs" leftSection={<IconArrowUp size={14} aria-hidden />} onClick={show}>
          {waiting === 1 ? 'Show 1 new change' : `Show ${countText(waiting)} new changes`}
        </Button>
      )}
    </div>
  </>
);
