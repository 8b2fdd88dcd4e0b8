import { walk } from './load.ts';
import type { Server, Upstream } from './processes.ts';
import { rest } from './queries.ts';
import { type ContenderName, dialects, type Known, type Workload } from './workloads.ts';

interface WirePage {
  readonly assignments: readonly {
    readonly subjectReference: string;
    readonly roles?: readonly { readonly scopes?: readonly Readonly<Record<string, string>>[] }[];
  }[];
}

/** As many sites as are asked about in turn. */
const maxSites = 200;

/** What is known of it without a contender. */
export type World = Pick<Known, 'references' | 'sites'>;

/** Every reference of the world, and some of its sites, straight from the sandbox. */
export const readWorld = async ({ url, token }: Upstream): Promise<World> => {
  const references: string[] = [];
  const sites = new Set<string>();
  await walk(url, token, (answer) => {
    if (answer === undefined) return rest.page(1000, undefined);
    const page = JSON.parse(answer) as WirePage;
    for (const { subjectReference, roles = [] } of page.assignments) {
      references.push(subjectReference);
      if (sites.size >= maxSites) continue;
      for (const { siteUuid } of roles.flatMap(({ scopes = [] }) => scopes)) {
        if (siteUuid !== undefined) sites.add(siteUuid);
      }
    }
    const handle = rest.nextHandle(answer);
    return handle === undefined ? undefined : rest.page(1000, handle);
  });
  return { references, sites: [...sites].slice(0, maxSites) };
};

/**
 * The handles of the contender's own pages. Gathering them asks for every page once, with the workload's own question: that also
 * fills the sandbox's store of finished pages, and Rolescope's cache where it has one.
 */
export const readHandles = async (
  name: ContenderName,
  server: Server,
  { pageSize, maxHandles }: Workload,
  token: string,
): Promise<string[]> => {
  const dialect = dialects[name];
  const handles: string[] = [];
  if (maxHandles === 0) return handles;
  await walk(server.url, token, (answer) => {
    if (answer === undefined) return dialect.page(pageSize, undefined);
    const handle = dialect.nextHandle(answer);
    if (handle === undefined || handles.length === maxHandles) return undefined;
    handles.push(handle);
    return dialect.page(pageSize, handle);
  });
  return handles;
};
