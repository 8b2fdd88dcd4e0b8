/**
 * The last lines of GraphiQL's script: what is in the tabs before it starts. Plain JavaScript for browsers.
 *
 * GraphiQL keeps its tabs in the browser, and given tabs or a query of ours it opens another one whenever the kept ones differ in anything from what it
 * is given: at every reload. So the kept tabs are made right before it starts, and it is given what the active one holds.
 */
export const startScript = /* js */ `
(() => {
  const { tabs: lessons, headers, page } = JSON.parse(document.getElementById('options').textContent);
  const key = 'graphiql:tabState';
  const read = () => {
    try {
      const state = JSON.parse(localStorage.getItem(key));
      if (Array.isArray(state.tabs) && state.tabs.length > 0 && state.tabs[state.activeTabIndex]) return state;
    } catch {}
    return undefined;
  };
  const nameOf = (query) => (/^(?!#).*(?:query|subscription|mutation)\\s+(\\w+)/m.exec(query) ?? [])[1] ?? null;
  const tabOf = ({ query, variables = null }) => ({
    id: crypto.getRandomValues(new Uint32Array(4)).join('-'),
    hash: null,
    title: nameOf(query) ?? '<untitled>',
    query,
    variables,
    headers: headers ?? null,
    operationName: nameOf(query),
    response: null,
  });

  const parameters = new URL(location.href).searchParams;
  const query = parameters.get('query');
  const variables = parameters.get('variables');
  const state = read() ?? { activeTabIndex: 0, tabs: lessons.map(tabOf) };
  const isReload = performance.getEntriesByType('navigation')[0]?.type === 'reload';
  if (query) {
    const isAsked = (tab) => tab.query === query && (variables === null || tab.variables === variables);
    const found = state.tabs.findIndex(isAsked);
    const current = state.tabs[state.activeTabIndex];
    if (found >= 0) {
      if (!isAsked(current)) state.activeTabIndex = found;
    } else if (isReload) {
      // What was typed last before a reload may be in the address alone.
      const name = nameOf(query);
      Object.assign(current, { query, title: name ?? '<untitled>', operationName: name });
      if (variables !== null) current.variables = variables;
    } else {
      state.activeTabIndex = state.tabs.push(tabOf({ query, variables })) - 1;
    }
  }
  const active = state.tabs[state.activeTabIndex];
  const keep = (name, value) => {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  };
  keep(key, JSON.stringify(state));
  keep('graphiql:query', active.query);
  keep('graphiql:variables', active.variables);
  keep('graphiql:headers', active.headers);
  keep('graphiql:shouldPersistHeaders', 'true');

  // The address names the query of the active tab, so that a reload or a link opens this one.
  const show = (tab) => {
    const address = new URL(location.href);
    address.searchParams.delete('variables');
    if (tab.query) address.searchParams.set('query', tab.query);
    else address.searchParams.delete('query');
    if (tab.variables) address.searchParams.set('variables', tab.variables);
    history.replaceState({}, '', address);
  };

  YogaGraphiQL.renderYogaGraphiQL(document.getElementById('root'), {
    ...page,
    query: active.query ?? '',
    variables: active.variables ?? undefined,
    headers,
    onTabChange: ({ tabs, activeTabIndex }) => show(tabs[activeTabIndex]),
  });
})();
`;
