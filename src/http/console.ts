import { existsSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';
import type { Random } from '../platform/random.ts';
import { sendError } from './responses.ts';

/** What the page is told of the gateway that serves it. The tokens are those of made-up data: anybody may have them. */
interface ConsoleFacts {
  /** How callers say who they are. */
  readonly mode: 'sandbox' | 'passthrough' | 'service';
  /** Where GraphiQL is. Absent: it is off. */
  readonly graphiql?: string;
  /** What an operation may take: whoever waits longer has lost the gateway. */
  readonly timeoutMs: number;
  /** Sandbox mode: who can sign in. Empty in the others. */
  readonly accounts: readonly SandboxAccount[];
  /** Whether the gateway changes roles at all. Who may, it says for each caller. */
  readonly writes: boolean;
  /** Whether `/export` answers. */
  readonly export: boolean;
  /** Whether a record is kept. Who may see it, it says for each caller. */
  readonly record: boolean;
}

/** An API user of the sandbox. */
export interface SandboxAccount {
  readonly name: string;
  /** What it can see. */
  readonly description: string;
  readonly token: string;
}

interface ConsoleOptions {
  readonly facts: ConsoleFacts;
  readonly random: Random;
  /** Where the built console is. Default: where the package has it. */
  readonly folder?: string | undefined;
}

/** Both answer a request, and say so; or do nothing, and say false. */
export interface Console {
  /** For the console or one of its files. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /** For an address where nothing is: the page, which says so, to a browser that looks for one. Programs, which take anything, are left to others. */
  answerUnknown(request: IncomingMessage, response: ServerResponse): boolean;
}

const builtFolder = fileURLToPath(new URL('../../dist/console/', import.meta.url));

/**
 * Serves the built console: its files by hashed names, for good, compressed once; its page, never kept, at `/` and at every address that it
 * gives itself. Undefined where no console was built.
 */
export const createConsole = ({ facts, random, folder = builtFolder }: ConsoleOptions): Console | undefined => {
  const pageFile = join(folder, 'index.html');
  if (!existsSync(pageFile)) return undefined;
  const page = readFileSync(pageFile, 'utf8').replace(
    'name="rolescope" content="{}"',
    `name="rolescope" content="${escapeAttribute(JSON.stringify(facts))}"`,
  );
  let files: ReturnType<typeof sirv> | undefined;
  // Looks through the folder at the first question for a file: at the start it would hold up the first answer.
  const findFiles = () =>
    (files ??= sirv(folder, { brotli: true, gzip: true, etag: true, extensions: [], setHeaders: asAsset }));

  const sendFile = (request: IncomingMessage, response: ServerResponse): boolean => {
    let isFound = true;
    // A file that cannot be read, such as one of a console that was built anew since, costs its own connection: the head of the answer is written by then.
    response.once('pipe', (file) => file.once('error', () => response.destroy()));
    try {
      findFiles()(request, response, () => {
        isFound = false;
      });
    } catch {
      sendError(response, 503, 'The files of the console cannot be read. Ask again.', 'INTERNAL');
    }
    return isFound;
  };

  const sendPage = (status: 200 | 404, request: IncomingMessage, response: ServerResponse): true => {
    const nonce = random.uuid().replaceAll('-', '');
    const body = Buffer.from(page.replace('name="style-nonce" content=""', `name="style-nonce" content="${nonce}"`));
    response.writeHead(status, {
      'content-type': 'text/html; charset=utf-8',
      'content-length': body.length,
      'content-security-policy': policyWith(nonce),
    });
    response.end(request.method === 'HEAD' ? undefined : body);
    return true;
  };

  return {
    answer(request, response) {
      if (!isRead(request)) return false;
      const [path = '/'] = (request.url ?? '/').split('?', 1);
      if (path === '/icon.svg' || path.startsWith('/assets/')) return sendFile(request, response);
      return isPagePath(path) && mayTakePage(request) && sendPage(200, request, response);
    },
    answerUnknown: (request, response) => isRead(request) && asksForPage(request) && sendPage(404, request, response),
  };
};

const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

/** The addresses that the console gives its pages. */
const isPagePath = (path: string): boolean =>
  path === '/' || /^\/(?:subjects|scopes|roles|matrix|check|findings|changes)(?:\/[^/]*)?$/.test(path);

const mayTakePage = ({ headers }: IncomingMessage): boolean =>
  headers.accept === undefined || /text\/html|\*\/\*/.test(headers.accept);

const asksForPage = ({ headers }: IncomingMessage): boolean => headers.accept?.includes('text/html') === true;

/** Hashed names never change what they hold. The icon's is not hashed. */
const asAsset = (response: ServerResponse, path: string): void => {
  response.setHeader(
    'cache-control',
    path.includes('assets') ? 'public, max-age=31536000, immutable' : 'public, max-age=3600',
  );
  response.removeHeader('vary');
};

/** Everything comes from the gateway itself; only the styles that the page makes at run time need this answer's nonce. */
const policyWith = (nonce: string): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');

const escapeAttribute = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
