import type { Sandbox } from '../../../../src/sandbox/sandbox.ts';
import type { Domain } from '../../../../src/sandbox/core/domain.ts';

export interface DirectoryReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; empty where there is none. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface CallOptions {
  readonly method?: string;
  /** Default: the administrator's. */
  readonly token?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Calls one of the sandbox's domains. */
export const call = async (
  sandbox: Sandbox,
  domain: Domain,
  target: string,
  { method, token = sandbox.adminToken, json, headers = {} }: CallOptions = {},
): Promise<DirectoryReply> => {
  const response = await fetch(`${sandbox.urls[domain]}${target}`, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    headers: {
      authorization: `Bearer ${token}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: isJson && text !== '' ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
};

/** A row of any list of the directory, as far as tests look at it. */
export interface Row {
  readonly uuid: string;
  readonly displayName?: string;
  readonly [field: string]: unknown;
}

export const rowsOf = ({ body }: DirectoryReply, field: string): Row[] => body[field] as Row[];

/** Every row of a list, page by page. */
export const walkRows = async (
  sandbox: Sandbox,
  domain: Domain,
  target: string,
  field: string,
  options: CallOptions = {},
): Promise<Row[]> => {
  const rows: Row[] = [];
  let pageToken = '';
  for (let page = 0; page < 10_000; page++) {
    const mark = target.includes('?') ? '&' : '?';
    const reply = await call(sandbox, domain, `${target}${mark}pageToken=${pageToken}`, options);
    if (reply.status !== 200) throw new Error(`page ${page} got ${reply.status} ${reply.text}`);
    rows.push(...rowsOf(reply, field));
    pageToken = (reply.body['nextPageToken'] as string | undefined) ?? '';
    if (pageToken === '') return rows;
  }
  throw new Error('the walk does not end');
};
