import { ActionIcon, Group, Stack, Text, Title, Tooltip } from '@mantine/core';
import { IconCode, IconPrinter } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useLocation } from 'react-router';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { useOpenQuery } from './open-query.tsx';
import { useIsPrinting } from './use-printing.ts';
import { CopyUuid } from './uuid.tsx';
import { isUuid, momentText } from './words.ts';

export interface PageHeadProps {
  readonly title: string;
  /** A sentence, or how many there are. */
  readonly about?: ReactNode;
  /** When what is shown was true. */
  readonly asOf?: string | null | undefined;
  /** The page's own query and its variables, for GraphiQL. An open tab that asks more tells its own. */
  readonly query?: { readonly text: string | null; readonly variables: object };
  /** Buttons of this page. */
  readonly children?: ReactNode;
}

/** The head of every page: what it is, as of when, and what can be done with it. */
export const PageHead = ({ title, about, asOf, query: own, children }: PageHeadProps) => {
  const query = useOpenQuery() ?? own;
  useEffect(() => {
    document.title = `${title} · Rolescope`;
  }, [title]);
  return (
    <Stack gap={2} mb="md" component="header">
      <Group justify="space-between" align="flex-start" gap="sm">
        {/* Takes the line alone where it would be broken up otherwise. */}
        <Group gap={6} wrap="nowrap" miw={0} flex={`1 1 ${0.9 * Math.min(title.length, 16)}rem`}>
          <Title order={1} size={isUuid(title) ? 'h3' : 'h2'} style={{ overflowWrap: 'anywhere' }}>
            <bdi>{title}</bdi>
          </Title>
          {isUuid(title) && <CopyUuid value={title} />}
        </Group>
        <Group gap={6} wrap="nowrap" className="no-print" style={{ flex: 'none' }}>
          {children}
          <Tooltip label="Print">
            <ActionIcon variant="default" size="lg" aria-label="Print" onClick={() => window.print()}>
              <IconPrinter size={18} />
            </ActionIcon>
          </Tooltip>
          {query?.text != null && gatewayFacts.graphiql !== undefined && (
            <Tooltip label="Open in GraphiQL">
              <ActionIcon
                component="a"
                variant="default"
                size="lg"
                aria-label="Open in GraphiQL"
                target="_blank"
                rel="noopener"
                href={`${gatewayFacts.graphiql}?${new URLSearchParams({ query: query.text, variables: JSON.stringify(query.variables) })}`}
              >
                <IconCode size={18} />
              </ActionIcon>
            </Tooltip>
          )}
        </Group>
      </Group>
      {about !== undefined && (
        <Text size="sm" c="dimmed" component="div">
          {about}
        </Text>
      )}
      {asOf != null && (
        <Text size="xs" c="dimmed">
          as of <time dateTime={asOf}>{momentText(asOf)}</time>
        </Text>
      )}
      <PrintedNote />
    </Stack>
  );
};

/** On paper alone: when it was printed, and the address with its filters. */
const PrintedNote = () => {
  const isPrinting = useIsPrinting();
  const { pathname, search } = useLocation();
  return (
    <Text size="xs" className="print-only" style={{ overflowWrap: 'anywhere' }}>
      {isPrinting && `Printed ${momentText(new Date().toISOString())} from ${pathname}${decodeURIComponent(search)}`}
    </Text>
  );
};
