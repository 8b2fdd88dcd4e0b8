import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gunzip, gzip } from 'node:zlib';
import { startScript } from './graphiql-start.ts';
import { recordLesson, teachingTabs, writeLesson } from './graphiql-tabs.ts';
import { sendError } from './responses.ts';

export interface GraphiqlOptions {
  /** Sandbox mode only: a token that is sent with every query, so that the first one runs at once. */
  readonly presetToken?: string;
  /** Whether there is a lesson that changes something. Default: false, as it must be where changes are real. */
  readonly teachesWrites?: boolean;
  /** Whether there is a lesson about the record. Default: false, as where none is kept. */
  readonly teachesRecord?: boolean;
}

interface Graphiql {
  /** Answers with the page. It is small, and never kept: it may hold a token. */
  sendPage(request: IncomingMessage, response: ServerResponse): void;
  /** Answers with what the page is made of, which browsers keep for as long as they like: its name says what is in it. */
  sendAsset(path: string, request: IncomingMessage, response: ServerResponse): void;
}

/** Everything that the page is made of is below this path. */
export const assetsPath = '/graphiql/';

/** Nothing that the page does may leave this origin, and nothing runs but its own script. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  // The editor writes its own.
  "style-src 'self' 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  'worker-src blob:',
  "connect-src 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

/** Serves GraphiQL, whole without the internet. What it is made of is compressed once, when it is first asked for. */
export const createGraphiql = (options: GraphiqlOptions): Graphiql => {
  let loading: Promise<Assets> | undefined;
  const load = () => (loading ??= loadAssets());
  return {
    sendPage(request, response) {
      const send = ({ script, style }: Assets): void => {
        const page = Buffer.from(pageOf(options, script.path, style.path));
        response.writeHead(200, {
          'content-type': 'text/html; charset=utf-8',
          'content-length': page.length,
          'content-security-policy': contentSecurityPolicy,
        });
        response.end(request.method === 'HEAD' ? undefined : page);
      };
      load().then(send, () => sendError(response, 500, 'GraphiQL cannot be loaded.', 'INTERNAL'));
    },
    sendAsset(path, request, response) {
      const send = async (assets: Assets): Promise<void> => {
        const asset = [assets.script, assets.style].find((known) => known.path === path);
        if (asset === undefined) {
          sendError(response, 404, 'There is no such part of GraphiQL. Load the page anew.', 'NOT_FOUND');
          return;
        }
        const encoding = encodingFor(request.headers['accept-encoding'] ?? '');
        const body = encoding === undefined ? await promisify(gunzip)(asset.gzip) : asset[encoding];
        response.removeHeader('vary');
        response.writeHead(200, {
          'content-type': asset.type,
          'content-length': body.length,
          'cache-control': 'public, max-age=31536000, immutable',
          vary: 'Accept-Encoding',
          ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
        });
        response.end(request.method === 'HEAD' ? undefined : body);
      };
      load()
        .then(send)
        .catch(() => sendError(response, 500, 'GraphiQL cannot be loaded.', 'INTERNAL'));
    },
  };
};

/**
 * Whether a request wants the page and not an answer: browsers ask for `text/html` before anything else. With a query in the address too, which is
 * what a shared link or a reload brings.
 */
export const wantsGraphiql = ({ method, headers: { accept = '' } }: IncomingMessage): boolean => {
  if ((method !== 'GET' && method !== 'HEAD') || !accept.includes('text/html')) return false;
  const ranges = accept.split(',').map((range, index) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    return { name, index, quality: quality === undefined ? 1 : Number(quality.slice(2)) || 0 };
  });
  // Wildcards take everything, but prefer nothing.
  const [best] = ranges
    .filter(({ name, quality }) => ['text/html', ...answerTypes].includes(name) && quality > 0)
    .sort((a, b) => b.quality - a.quality || a.index - b.index);
  return best?.name === 'text/html';
};

const answerTypes = ['application/json', 'application/graphql-response+json', 'text/event-stream'];

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly gzip: Buffer;
  readonly br: Buffer;
}

interface Assets {
  readonly script: Asset;
  readonly style: Asset;
}

/** The package gives a page of nine megabytes with everything in it. The same is served in parts that browsers can keep. */
const loadAssets = async (): Promise<Assets> => {
  // Loaded here because most starts never need it.
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const page = renderGraphiQL();
  const style = between(page, '<style>', page.indexOf('</style>'));
  const script = between(page, '<script>', page.lastIndexOf('YogaGraphiQL.renderYogaGraphiQL('));
  const [scriptAsset, styleAsset] = await Promise.all([
    assetOf('js', 'text/javascript; charset=utf-8', `${script}\n${startScript}`),
    assetOf('css', 'text/css; charset=utf-8', `${style}\n${tabsStayInPlace}`),
  ]);
  return { script: scriptAsset, style: styleAsset };
};

/**
 * A tab that is pressed gets the focus, and with it the place where the library that lets tabs be dragged believes it to be, which is another one
 * until it was pressed once: the click then ends beside it.
 */
const tabsStayInPlace = '.graphiql-tab { transform: none !important; }';

const between = (page: string, mark: string, end: number): string => {
  const start = page.indexOf(mark);
  if (start < 0 || end < start) throw new TypeError('the page of GraphiQL has another form than expected');
  return page.slice(start + mark.length, end);
};

const assetOf = async (extension: string, type: string, text: string): Promise<Asset> => {
  const plain = Buffer.from(text);
  const hash = createHash('sha256').update(plain).digest('hex').slice(0, 20);
  const [zipped, br] = await Promise.all([
    promisify(gzip)(plain, { level: 9 }),
    // The best that takes no longer than gzip does.
    promisify(brotliCompress)(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  ]);
  return { path: `${assetsPath}${hash}.${extension}`, type, gzip: zipped, br };
};

const encodingFor = (accepted: string): 'br' | 'gzip' | undefined => {
  if (/\bbr\b/.test(accepted)) return 'br';
  return /\bgzip\b/.test(accepted) ? 'gzip' : undefined;
};

const pageOf = (
  { presetToken, teachesWrites = false, teachesRecord = false }: GraphiqlOptions,
  scriptPath: string,
  stylePath: string,
): string => {
  const options = {
    tabs: [...teachingTabs, ...(teachesWrites ? [writeLesson] : []), ...(teachesRecord ? [recordLesson] : [])],
    headers: presetToken === undefined ? undefined : tokenNote,
    page: {
      title: 'Rolescope',
      // Not in the header editor: what stands there is kept by the browser, and would outlive the sandbox that the token is for.
      additionalHeaders: presetToken === undefined ? undefined : { authorization: `Bearer ${presetToken}` },
    },
  };
  // In a script element nothing but its own end means anything.
  const json = JSON.stringify(options).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width">
    <title>Rolescope</title>
    <link rel="icon" href="${favicon}">
    <link rel="stylesheet" href="${stylePath}">
    <script id="options" type="application/json">${json}</script>
    <script src="${scriptPath}" defer></script>
  </head>
  <body class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
  </body>
</html>
`;
};

/** Stands in the header editor of every tab, so that it is seen there what is sent. Comments are let through by the editor, and not sent. */
const tokenNote = `// Sent with every query:
//   "authorization": "Bearer <the sandbox's token>"
// An authorization header of your own wins.
{}
`;

const favicon = `data:image/svg+xml,${encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><circle cx="16" cy="16" r="13" fill="none" stroke="#0b7a75" stroke-width="4"/><circle cx="16" cy="16" r="5" fill="#0b7a75"/></svg>',
)}`;
