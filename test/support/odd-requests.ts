import { type IncomingHttpHeaders, request } from 'node:http';
import fc from 'fast-check';
import { errorCodes } from '../../src/index.ts';

/** A request as it goes over the wire, wrong in whatever way. */
export interface OddRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | undefined;
}

export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Sends a request without mending anything in it. Rejects where the connection is cut without an answer. */
export const sendOdd = (url: string, { method, path, headers, body }: OddRequest): Promise<RawAnswer> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(url);
    const sending = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      response.on('error', reject);
    });
    // An upgrade that nobody takes has no body.
    sending.on('error', reject);
    if (body !== undefined) sending.write(body);
    sending.end();
  });

const usualStatuses = new Set([200, 204, 302, 400, 401, 403, 404, 405, 406, 413, 415, 431]);

/** What is wrong with an answer, whatever was asked: a status that is not on the list, a stack trace, or a code that is not. */
export const complaintAbout = ({ status, body }: RawAnswer): string | undefined => {
  if (!usualStatuses.has(status)) return `status ${status}`;
  if (/node_modules|\.ts:\d+:\d+|\n\s+at .+\(|node:internal/.test(body)) return `a stack trace: ${body}`;
  if (!body.startsWith('{')) return undefined;
  const { errors = [] } = JSON.parse(body) as { errors?: { extensions?: { code?: string } }[] };
  for (const { extensions } of errors) {
    const code = extensions?.code;
    // INTERNAL is on the list, but nothing that a client sends may lead there.
    if (code === 'INTERNAL' || !(errorCodes as readonly string[]).includes(code ?? '')) return `code ${code}: ${body}`;
  }
  return undefined;
};

const path = fc.oneof(
  { weight: 6, arbitrary: fc.constant('/graphql') },
  {
    weight: 1,
    arbitrary: fc.constantFrom('/', '/subgraph', '/graphql/', '//graphql', '/healthz', '/metrics', '/%', '/graphql?'),
  },
  { weight: 1, arbitrary: fc.webPath().map((text) => `/${text}`) },
  {
    weight: 2,
    arbitrary: fc
      .record(
        { query: fc.string(), variables: fc.string(), extensions: fc.string(), operationName: fc.string() },
        { requiredKeys: [] },
      )
      .map((parameters) => `/graphql?${new URLSearchParams(parameters).toString()}`),
  },
);

/** Characters that HTTP allows in the value of a header. */
const headerText = fc
  .string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)), maxLength: 60 })
  .map((text) => text.trim());

const headers = fc
  .record(
    {
      'content-type': fc.oneof(
        { weight: 5, arbitrary: fc.constant('application/json') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('text/plain', 'application/json; charset=utf-16', 'APPLICATION/JSON', ''),
        },
        { weight: 1, arbitrary: headerText },
      ),
      accept: fc.oneof(
        fc.constantFrom(
          '*/*',
          'application/json',
          'application/graphql-response+json',
          'text/event-stream',
          'text/html',
        ),
        headerText,
      ),
      authorization: fc.oneof(fc.constantFrom('Bearer ', 'Bearer a', 'Basic YTpi', 'bearer  x.y.z'), headerText),
      'x-api-key': headerText,
      'x-request-id': headerText,
      'cache-control': fc.oneof(fc.constantFrom('no-cache', 'no-store'), headerText),
      'content-encoding': fc.constantFrom('identity', 'gzip', 'br'),
      'rolescope-report': headerText,
      'sec-fetch-site': fc.oneof(fc.constantFrom('same-origin', 'cross-site'), headerText),
      origin: fc.oneof(fc.constantFrom('null', 'http://['), headerText),
      traceparent: headerText,
      cookie: headerText,
    },
    { requiredKeys: [] },
  )
  .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));

/** Documents between almost right and nonsense. */
const document = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '{',
    '{}',
    '{ a',
    'query',
    'subscription { a }',
    'mutation { a }',
    '{ __typename } { __typename }',
    '#',
    '"""',
    '\u{feff}{__typename}',
  ),
  fc
    .array(
      fc.constantFrom(
        '{',
        '}',
        '(',
        ')',
        '[',
        ']',
        ':',
        '$',
        '!',
        '...',
        '@include',
        'if',
        'true',
        'null',
        '"text"',
        '"""block"""',
        '1',
        '-1',
        '1e999',
        'on',
        'fragment F',
        '...F',
        'query',
        'subjects',
        'subject',
        'node',
        'nodes',
        'edges',
        'roles',
        'scopes',
        'role',
        'scope',
        'id',
        'reference',
        '__typename',
        '__schema',
        'first',
        'after',
        'filter',
        'by',
        'name',
        'userUuid',
      ),
      { maxLength: 40 },
    )
    .map((words) => words.join(' ')),
  fc
    .record({
      first: fc.oneof(fc.integer(), fc.double(), fc.string()),
      after: fc.oneof(fc.string(), fc.constant(null)),
    })
    .map(
      ({ first, after }) =>
        `{ subjects(first: ${JSON.stringify(first)}, after: ${JSON.stringify(after)}) { totalCount nodes { id } } }`,
    ),
);

/** Questions that are valid, with ids, cursors and references that are anything. */
const askedFor = fc.record({
  query: fc.constantFrom(
    'query ($text: ID!) { node(id: $text) { id } }',
    'query ($text: ID!) { nodes(ids: [$text, $text]) { __typename } }',
    'query ($text: String!) { subjects(first: 2, after: $text) { nodes { id } pageInfo { hasNextPage endCursor } } }',
    'query ($text: String!) { subjects(last: 2, before: $text, orderBy: [{ field: TYPE }]) { edges { cursor } } }',
    'query ($text: String!) { subject(reference: $text) { id roles(after: $text) { nodes { id } } } }',
    'query ($text: String!) { subjectsByReference(references: [$text]) { id } }',
    'query ($text: String!) { role(name: $text) { id subjects(first: 1, after: $text) { nodes { id } } } }',
    'query ($text: ID!) { scope(by: { userUuid: $text }) { id uuid subjects(first: 1) { nodes { id } } } }',
    'query ($text: Int!) { subjects(first: $text) { totalCount } }',
  ),
  variables: fc.oneof(
    fc.record({
      text: fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.base64String(),
        fc.string({ maxLength: 300 }),
        fc.integer(),
        fc.constant(null),
      ),
    }),
    fc.jsonValue(),
  ),
});

const body = fc.oneof(
  { weight: 4, arbitrary: askedFor.map((parameters) => JSON.stringify(parameters)) },
  {
    weight: 3,
    arbitrary: fc
      .record(
        { query: document, variables: fc.jsonValue(), operationName: fc.jsonValue(), extensions: fc.jsonValue() },
        { requiredKeys: ['query'] },
      )
      .map((parameters) => JSON.stringify(parameters)),
  },
  { weight: 1, arbitrary: fc.json() },
  { weight: 1, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '[]',
      'null',
      '{}',
      '"a"',
      '{"query":null}',
      '[[[[',
      `{"query":"{a${'('.repeat(3000)}"}`,
      '['.repeat(20_000),
    ),
  },
);

/** Requests between almost right and nonsense. */
export const oddRequest: fc.Arbitrary<OddRequest> = fc
  .record({
    method: fc.oneof(
      { weight: 8, arbitrary: fc.constant('POST') },
      { weight: 2, arbitrary: fc.constant('GET') },
      { weight: 1, arbitrary: fc.constantFrom('PUT', 'OPTIONS', 'HEAD', 'DELETE') },
    ),
    path,
    headers,
    body,
  })
  .map((odd) => (odd.method === 'GET' || odd.method === 'HEAD' ? { ...odd, body: undefined } : odd));

/** Valid questions whose ids, cursors and references are anything. */
export const oddQuestion: fc.Arbitrary<OddRequest> = askedFor.map((parameters) => ({
  method: 'POST',
  path: '/graphql',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(parameters),
}));

const oddRole = fc.record(
  {
    roleName: fc.oneof(fc.string(), fc.jsonValue()),
    scopes: fc.oneof(
      fc.array(fc.record({ userUuid: fc.string(), newUuid: fc.string() }, { requiredKeys: [] })),
      fc.jsonValue(),
    ),
  },
  { requiredKeys: [] },
);

/** Bodies that upstream could answer with, between its contract and nonsense. */
export const oddUpstreamBody: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .record(
        {
          assignments: fc.oneof(
            fc.array(
              fc.oneof(
                fc.record(
                  {
                    subjectReference: fc.oneof(fc.string(), fc.jsonValue()),
                    subjectType: fc.oneof(fc.constantFrom('SUBJECT_TYPE_USER', 'NEW'), fc.jsonValue()),
                    roles: fc.oneof(fc.array(oddRole), fc.jsonValue()),
                  },
                  { requiredKeys: [] },
                ),
                fc.jsonValue(),
              ),
              { maxLength: 5 },
            ),
            fc.jsonValue(),
          ),
          nextPageToken: fc.oneof(fc.constantFrom('', 'a', 'a'.repeat(200)), fc.jsonValue()),
          totalSize: fc.oneof(fc.constantFrom('0', '-1', '1e9', '99999999999999999999', 5), fc.jsonValue()),
          extra: fc.jsonValue(),
        },
        { requiredKeys: [] },
      )
      .map((page) => JSON.stringify(page)),
  },
  fc.json(),
  fc.string({ unit: 'binary' }),
);
