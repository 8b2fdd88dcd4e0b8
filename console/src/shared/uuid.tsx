import { ActionIcon, CopyButton, Group, Text, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';

/** A uuid, small, with a button that copies it. */
export const Uuid = ({ value }: { readonly value: string }) => (
  <Group gap={2} wrap="nowrap" component="span">
    <Text size="xs" c="dimmed" ff="monospace" component="span" truncate>
      {value}
    </Text>
    <CopyUuid value={value} />
  </Group>
);

/** The button alone, where the uuid stands already. */
export const CopyUuid = ({ value }: { readonly value: string }) => (
  <CopyButton value={value}>
    {({ copied, copy }) => (
      <Tooltip label={copied ? 'Copied' : 'Copy'}>
        <ActionIcon
          size="xs"
          variant="subtle"
          color="gray"
          onClick={copy}
          aria-label={`Copy ${value}`}
          className="no-print"
        >
          {copied ? <IconCheck size={12} /> : <IconCopy size={12} />}
        </ActionIcon>
      </Tooltip>
    )}
  </CopyButton>
);
