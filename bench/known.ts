import { walk } from './load.ts';
import type { Server, Upstream } from './processes.ts';
import { rest } from './queries.ts';
import { type ContenderName, dialects, type Workload } from './workloads.ts';

/** Every reference of the world, straight from the sandbox. */
export const readReferences = async ({ url, token }: Upstream): Promise<string[]> => {
  const references: string[] = [];
  await walk(url, token, (answer) => {
    if (answer === undefined) return rest.page(1000, undefined);
    const page = JSON.parse(answer) as { assignments: { subjectReference: string }[] };
    for (const { subjectReference } of page.assignments) references.push(subjectReference);
    const handle = rest.nextHandle(answer);
    return handle === undefined ? undefined : rest.page(1000, handle);
  });
  return references;
};

/**
 * The handles of the contender's own pages. Gathering them asks for every page once, with the workload's own question: that also
 * fills the sandbox's store of finished pages, and Rolescope's cache where it has one.
 */
export const readHandles = async (
  name: ContenderName,
  server: Server,
  workload: Workload,
  token: string,
): Promise<string[]> => {
  const dialect = dialects[name];
  const handles: string[] = [];
  if (workload.kind === 'walk' || workload.name === 'same' || workload.name === 'subject') return handles;
  await walk(server.url, token, (answer) => {
    if (answer === undefined) return dialect.page(workload.pageSize, undefined);
    const handle = dialect.nextHandle(answer);
    if (handle === undefined) return undefined;
    handles.push(handle);
    return dialect.page(workload.pageSize, handle);
  });
  return handles;
};
