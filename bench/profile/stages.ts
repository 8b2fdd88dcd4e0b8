import type { Profiler } from 'node:inspector';

/** What an answer's time is spent on, in the order in which a request comes by. */
export const stages = [
  'sockets and HTTP server',
  'request: body, headers, caller',
  'document, limits, opening and closing',
  'HTTP client',
  'policies of the client',
  'JSON of upstream',
  'reading into the model',
  'keeping',
  'lists, lookups, cursors',
  'executing and resolvers',
  'writing',
  'metrics and logs',
  'clock, signals, turns',
  'collecting garbage',
  'the rest of Node',
] as const;

export type Stage = (typeof stages)[number];

/** Files of either build, by what they are for. The first that fits decides. */
const rules: readonly (readonly [RegExp, Stage])[] = [
  [/\/(pino|prom-client|thread-stream|sonic-boom)\//, 'metrics and logs'],
  [
    /\/operations\/telemetry\/|\/server\/(metrics|tracing|operation-log|request-ids)\.|\/upstream\/(policies\/)?observe\.|\/(model|platform)\/logger\./,
    'metrics and logs',
  ],
  [/\/undici\/|\/upstream\/(transport\/undici|undici-send)\./, 'HTTP client'],
  [/\/upstream\/(transport\/)?(read-answer|parse-json)\./, 'JSON of upstream'],
  [/\/upstream\/(endpoints\/|scanned\/scan-|read-page\.|page-path\.)|\/model\/subject\./, 'reading into the model'],
  [
    /\/(json-writer|leaf-writers|scanned-subject|answer-parts|write-answer|byte-text|written-text|answer-meter|write-directly|roles-writer|roles-source|roles-in-bytes|known-roles|written-ids)\./,
    'writing',
  ],
  [/\/upstream\//, 'policies of the client'],
  [/\/pages\/|\/redis\//, 'keeping'],
  [/\/assignments\/|\/directory\/|\/dataloader\//, 'lists, lookups, cursors'],
  [
    /\/operations\/executor\/|\/server\/(execute-plan|plan|plan-run|plannable|collect-fields)\.|\/src\/graph\/|\/dist\/graph\/|\/@pothos\//,
    'executing and resolvers',
  ],
  [
    /\/operations\/|\/server\/(operations|known-|cost|document-limits|limits|direct-answers|kept-answers|plain-answers|client-errors|when-asked)|\/graphql\/|\/gateway\./,
    'document, limits, opening and closing',
  ],
  [/\/http\/|\/server\//, 'request: body, headers, caller'],
  [/\/platform\/|\/model\//, 'clock, signals, turns'],
];

type Node = Profiler.ProfileNode;

/**
 * Shares out the samples of a profile. What has no file of its own (a builtin, a call into C++) counts where it was called from; a function of Node's for
 * sockets counts for undici where undici calls it, and else for the server.
 */
export const shareOut = (
  profile: Profiler.Profile,
): { readonly busyMs: number; readonly byStage: Map<Stage, number>; readonly byFunction: Map<string, number> } => {
  const parents = new Map<number, Node>();
  for (const node of profile.nodes) for (const child of node.children ?? []) parents.set(child, node);
  const known = new Map<number, Stage | undefined>();
  const stageOf = (node: Node): Stage | undefined => {
    if (!known.has(node.id)) known.set(node.id, findStage(node, parents.get(node.id), stageOf));
    return known.get(node.id);
  };
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]));
  const byStage = new Map<Stage, number>();
  const byFunction = new Map<string, number>();
  let busyMs = 0;
  for (const [index, id] of (profile.samples ?? []).entries()) {
    const node = nodes.get(id);
    const tookMs = (profile.timeDeltas?.[index + 1] ?? 0) / 1000;
    if (node === undefined || node.callFrame.functionName === '(idle)') continue;
    busyMs += tookMs;
    const stage = stageOf(node) ?? 'the rest of Node';
    byStage.set(stage, (byStage.get(stage) ?? 0) + tookMs);
    const name = `${stage}: ${nameOf(node, parents)}`;
    byFunction.set(name, (byFunction.get(name) ?? 0) + tookMs);
  }
  return { busyMs, byStage, byFunction };
};

const findStage = (
  node: Node,
  parent: Node | undefined,
  stageOf: (node: Node) => Stage | undefined,
): Stage | undefined => {
  const { url, functionName } = node.callFrame;
  if (functionName === '(garbage collector)') return 'collecting garbage';
  const above = parent === undefined ? undefined : stageOf(parent);
  if (url === '') return above;
  if (!url.startsWith('node:')) return rules.find(([pattern]) => pattern.test(url))?.[1] ?? above;
  if (!/^node:(_http|net$|internal\/(stream|http|net))/.test(url)) return above;
  return above === 'HTTP client' ? above : 'sockets and HTTP server';
};

const nameOf = ({ callFrame, id }: Node, parents: ReadonlyMap<number, Node>): string => {
  const { functionName, url, lineNumber } = callFrame;
  const caller = parents.get(id)?.callFrame;
  if (url === '')
    return `${functionName}${caller === undefined ? '' : ` in ${caller.functionName} ${shortened(caller.url)}`}`;
  return `${functionName || '(anonymous)'} ${shortened(url)}:${lineNumber + 1}`;
};

const shortened = (url: string): string => url.replace(/^.*\/(?=[^/]+\/[^/]+$)/, '');
