import { onTestFinished } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { ErrorBody, ListRoleAssignmentsResponse, RoleAssignment, TokenResponse } from '../../src/wire/identity.ts';

/** A sandbox without limits unless asked for, closed when the test ends. */
export const openSandbox = async (options: SandboxOptions = {}): Promise<Sandbox> => {
  const sandbox = await createSandbox({ rateLimit: false, ...options });
  onTestFinished(() => sandbox.close());
  return sandbox;
};

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly page: ListRoleAssignmentsResponse & { readonly assignments: readonly RoleAssignment[] };
  readonly error: ErrorBody;
}

const reply = async (response: Response): Promise<Reply> => {
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  // Every list has a field that no description knows; a client leaves it alone.
  const { newField: _, ...body } = (isJson ? JSON.parse(text) : {}) as Reply['page'] &
    ErrorBody & { newField?: string };
  return { status: response.status, headers: response.headers, text, page: body, error: body };
};

export type Query = Readonly<Record<string, string | number | boolean>>;

const write = (query: Query): string =>
  new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)])).toString();

/** Calls `GET /v2/role-assignments`, as the administrator unless another token is given. */
export const list = async (
  sandbox: Sandbox,
  query: Query | string = {},
  { token = sandbox.adminToken, headers = {} }: { token?: string; headers?: Record<string, string> } = {},
): Promise<Reply> => {
  const search = typeof query === 'string' ? query : write(query);
  const target = `${sandbox.url}/v2/role-assignments${search === '' ? '' : `?${search}`}`;
  return reply(await fetch(target, { headers: { authorization: `Bearer ${token}`, ...headers } }));
};

/** Calls the token endpoint with a form. */
export const post = async (sandbox: Sandbox, form: Query, headers: Record<string, string> = {}): Promise<Reply> =>
  reply(
    await fetch(sandbox.tokenUrl, {
      method: 'POST',
      body: write(form),
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    }),
  );

export const tokensOf = (answer: Reply): TokenResponse => JSON.parse(answer.text) as TokenResponse;

/** Logs in and answers the tokens. */
export const logIn = async (sandbox: Sandbox, username: string, password: string): Promise<TokenResponse> => {
  const answer = await post(sandbox, { grant_type: 'password', username, password });
  if (answer.status !== 200) throw new Error(`cannot log in as ${username}: ${answer.status} ${answer.text}`);
  return tokensOf(answer);
};

/** A bearer token of one of the standard users, named by the part before the `@`. */
export const tokenOf = async (sandbox: Sandbox, who: string): Promise<string> => {
  const user = sandbox.users.find(({ name }) => name === `${who}@sandbox.example`);
  return (await logIn(sandbox, user?.name ?? who, user?.password ?? '')).access_token;
};

/** Follows the page tokens to the end. Every page but the last has one; gives up on an endless walk. */
export const walk = async (
  sandbox: Sandbox,
  query: Query = {},
  token = sandbox.adminToken,
): Promise<Reply['page'][]> => {
  const pages: Reply['page'][] = [];
  let pageToken = '';
  do {
    const answer = await list(sandbox, pageToken === '' ? query : { ...query, pageToken }, { token });
    if (answer.status !== 200) throw new Error(`page ${pages.length} got ${answer.status} ${answer.text}`);
    pages.push(answer.page);
    pageToken = answer.page.nextPageToken ?? '';
    if (pages.length > 10_000) throw new Error('the walk does not end');
  } while (pageToken !== '');
  return pages;
};

export const referencesOf = (pages: readonly Reply['page'][]): string[] =>
  pages.flatMap((page) => page.assignments.map((entry) => entry.subjectReference ?? ''));
