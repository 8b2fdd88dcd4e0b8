import { Button, Code, Text } from '@mantine/core';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { useSession } from '../session/session.tsx';
import { Empty } from '../shared/empty.tsx';
import { useHasRecord } from './has-record.ts';

/** Said where the graph shows no record: that there is none, that it is not for this caller, or that it has yet to begin. */
export const NoRecord = () => {
  const has = useHasRecord();
  const { askAgain } = useSession();
  if (!gatewayFacts.record)
    return (
      <Empty>
        No record is kept here. Whoever runs the gateway can set <Code>ROLESCOPE_RECORD</Code>.
      </Empty>
    );
  if (has === undefined) return null;
  if (!has) return <Empty>The record is of what another account sees, so it is not shown to you.</Empty>;
  return (
    <Empty>
      <Text span size="sm" display="block" ta="center" mb="xs">
        The record begins with the first census that ends. None has yet.
      </Text>
      <Button size="xs" variant="default" onClick={askAgain} display="block" mx="auto">
        Look again
      </Button>
    </Empty>
  );
};
