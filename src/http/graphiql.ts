import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type TeachingTab, teachingTabs } from './graphiql-tabs.ts';

export interface GraphiqlOptions {
  /** Sandbox mode only: a token that every tab is given, so that the first query runs at once. */
  readonly presetToken?: string;
}

/** Nothing that the page does may leave this origin: everything it needs is in it. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Serves GraphiQL, whole without the internet. The page is made and compressed once, when it is first asked for. */
export const createGraphiqlHandler = (options: GraphiqlOptions) => {
  let page: Promise<{ plain: Buffer; gzip: Buffer }> | undefined;
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    page ??= renderPage(options);
    const { plain, gzip } = await page;
    const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
    const body = takesGzip ? gzip : plain;
    response.writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': contentSecurityPolicy,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      vary: 'Accept-Encoding',
      ...(takesGzip ? { 'content-encoding': 'gzip' } : {}),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
};

/** Whether a request wants the page and not an answer. */
export const wantsGraphiql = (request: IncomingMessage, search: string): boolean =>
  (request.method === 'GET' || request.method === 'HEAD') &&
  (request.headers.accept ?? '').includes('text/html') &&
  !new URLSearchParams(search).has('query');

const renderPage = async ({ presetToken }: GraphiqlOptions): Promise<{ plain: Buffer; gzip: Buffer }> => {
  // Loaded here because it is nine megabytes that most starts never need.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const tabs = presetToken === undefined ? teachingTabs : teachingTabs.map(withTokenNote);
  const options = {
    title: 'Rolescope',
    favicon,
    // Named once more, or GraphiQL opens an empty tab beside the kept ones at every reload.
    query: tabs[0]?.query,
    // Not in the header editor: what stands there is kept by the browser, and would outlive the sandbox that the token is for.
    ...(presetToken === undefined ? {} : { additionalHeaders: { authorization: `Bearer ${presetToken}` } }),
  };
  const html = renderGraphiQL({ ...options, defaultTabs: [...tabs] });
  const plain = Buffer.from(html.trimStart());
  return { plain, gzip: await compress(plain) };
};

const withTokenNote = (tab: TeachingTab, index: number): TeachingTab =>
  index === 0
    ? {
        ...tab,
        query: `# The sandbox's token is sent with every query. An Authorization header of your own wins.\n${tab.query}`,
      }
    : tab;

const compress = promisify(gzip);

const favicon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="13" fill="none" stroke="#0b7a75" stroke-width="4"/><circle cx="16" cy="16" r="5" fill="#0b7a75"/></svg>',
)}`;
