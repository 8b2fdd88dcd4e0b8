import { Alert, Button, Code, Group, Stack, Text, Title } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';
import { useLocation, useNavigate, useRouteError } from 'react-router';
import { useSession } from '../session/session.tsx';
import { explain, type Explanation, GraphError } from '../session/graph-error.ts';
import { mostPerSecond, pendingWalk, WalkBar } from './census-waiting.tsx';

/** What went wrong with a page, in a sentence, and the way out. */
export const RouteError = () => {
  const error = useRouteError();
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const { generation, askAgain } = useSession();
  const failedIn = useRef(generation);
  // A new sign-in, or another try: going to the same address draws the page anew. Revalidating would not, where nothing is loaded by the router.
  useEffect(() => {
    if (generation !== failedIn.current) void navigate(`${pathname}${search}`, { replace: true });
  }, [generation, navigate, pathname, search]);
  return (
    <>
      <Title order={1} size="h2" mb="md">
        {error instanceof GraphError ? 'Nothing to show' : 'This page is broken'}
      </Title>
      <Failed error={error} onRetry={askAgain} />
    </>
  );
};

interface FailedProps {
  readonly error: unknown;
  readonly onRetry: () => void;
  /** What codes mean here, where that is something else. */
  readonly explanations?: Readonly<Record<string, Explanation>>;
}

/** What went wrong, in the place of what it was to be. */
export const Failed = ({ error, onRetry, explanations = {} }: FailedProps) => {
  const failure = error instanceof GraphError ? error.failure : { code: 'INTERNAL', message: String(error) };
  const { title, wayOut } = explanations[failure.code] ?? explain(failure.code);
  const walk = pendingWalk(error);
  return (
    <Alert color="red" variant="light" icon={<IconAlertCircle />} title={title} role="alert" data-code={failure.code}>
      <Stack gap="xs">
        <Text size="sm">{wayOut}</Text>
        {failure.message !== '' && (
          <Text size="sm" c="dimmed">
            {failure.message}
          </Text>
        )}
        {walk !== undefined && <WalkBar {...walk} perSecond={mostPerSecond} />}
        {'requestId' in failure && failure.requestId !== undefined && (
          <Text size="xs" c="dimmed">
            Request id of ESET Connect: <Code>{failure.requestId}</Code>
          </Text>
        )}
        <Group>
          <Button size="xs" variant="default" onClick={onRetry}>
            Try again
          </Button>
        </Group>
      </Stack>
    </Alert>
  );
};
