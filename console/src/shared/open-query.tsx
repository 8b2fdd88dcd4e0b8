import { createContext, type ReactNode, useContext, useEffect, useState } from 'react';
import type { GraphQLTaggedNode } from 'react-relay';
import { getRequest, type OperationType } from 'relay-runtime';
import { usePageQuery } from './use-page-query.ts';

/** A query as GraphiQL takes it. */
export interface OpenQuery {
  readonly text: string | null;
  readonly variables: object;
}

const QueryContext = createContext<OpenQuery | undefined>(undefined);
const SetQueryContext = createContext<(query: OpenQuery | undefined) => void>(() => undefined);

/** Keeps which query the open tab of a page has asked, for the head of the page, which stands beside the tab. */
export const OpenQueryProvider = ({ children }: { readonly children: ReactNode }) => {
  const [query, setQuery] = useState<OpenQuery | undefined>();
  return (
    <SetQueryContext value={setQuery}>
      <QueryContext value={query}>{children}</QueryContext>
    </SetQueryContext>
  );
};

/** The query of the tab that is open; undefined where the page's own is all there is. */
export const useOpenQuery = (): OpenQuery | undefined => useContext(QueryContext);

/** Says which query the open tab asks, as long as it is open. */
export const useTellOpenQuery = (question: GraphQLTaggedNode, variables: object): void => {
  const setQuery = useContext(SetQueryContext);
  const asked = JSON.stringify(variables);
  useEffect(() => {
    setQuery({ text: getRequest(question).params.text, variables: JSON.parse(asked) as object });
    return () => setQuery(undefined);
  }, [setQuery, question, asked]);
};

/** The query of a tab: asked as a page's own is, and what "Open in GraphiQL" opens while the tab is there. */
export const useTabQuery = <Query extends OperationType>(
  question: GraphQLTaggedNode,
  variables: Query['variables'],
): Query['response'] => {
  useTellOpenQuery(question, variables);
  return usePageQuery<Query>(question, variables);
};
