import { Client } from 'undici';

/** One request as the load generator sends it. */
export interface Ask {
  readonly path: string;
  /** Absent: a GET. */
  readonly body?: string;
}

/** Requests that are sent one after another over some connections at the same time. */
export interface LoadOptions {
  readonly url: string;
  readonly token: string;
  readonly connections: number;
  /** The next request. It is asked for as soon as a connection is free. */
  readonly next: () => Ask;
  /** The load ends when this time is over, */
  readonly seconds: number;
  /** or when this many requests were sent. */
  readonly maxRequests: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly bytes: number;
  readonly medianMs: number;
  readonly p99Ms: number;
}

/** How many answers are looked into for one that is: the rest must only have status 200. */
const inspectEvery = 64;

/** Puts load on a server. Rejects at the first answer that is not what was asked for: a fast refusal is not a fast server. */
export const load = async (options: LoadOptions): Promise<LoadResult> => {
  const { url, token, connections, next, seconds, maxRequests } = options;
  const clients = Array.from({ length: connections }, () => new Client(url, { pipelining: 1 }));
  const latenciesMs: number[] = [];
  let bytes = 0;
  let sent = 0;
  const startedMs = performance.now();
  const endMs = startedMs + seconds * 1000;
  const work = async (client: Client): Promise<void> => {
    while (performance.now() < endMs && sent < maxRequests) {
      const isInspected = sent % inspectEvery === 0;
      sent++;
      const sentMs = performance.now();
      const answer = await ask(client, next(), token, isInspected);
      latenciesMs.push(performance.now() - sentMs);
      bytes += answer.bytes;
      if (isInspected) inspect(answer.text);
    }
  };
  try {
    await Promise.all(clients.map(work));
  } finally {
    await Promise.all(clients.map((client) => client.destroy()));
  }
  const elapsed = (performance.now() - startedMs) / 1000;
  latenciesMs.sort((a, b) => a - b);
  const at = (part: number): number => latenciesMs[Math.floor(part * (latenciesMs.length - 1))] ?? 0;
  return { requests: latenciesMs.length, seconds: elapsed, bytes, medianMs: at(0.5), p99Ms: at(0.99) };
};

/** Asks once and gives the whole answer. */
export const askOnce = async (url: string, token: string, request: Ask): Promise<string> => {
  const client = new Client(url, { pipelining: 1 });
  try {
    return (await ask(client, request, token, true)).text;
  } finally {
    await client.destroy();
  }
};

/** Asks one request after another, each made from the answer before it. `next` gives undefined at the end. */
export const walk = async (
  url: string,
  token: string,
  next: (answer: string | undefined) => Ask | undefined,
): Promise<{ requests: number; seconds: number }> => {
  const client = new Client(url, { pipelining: 1 });
  const startedMs = performance.now();
  let requests = 0;
  try {
    for (let request = next(undefined); request !== undefined;) {
      const { text } = await ask(client, request, token, true);
      requests++;
      request = next(text);
    }
  } finally {
    await client.destroy();
  }
  return { requests, seconds: (performance.now() - startedMs) / 1000 };
};

/** Reads one long answer to its end, as fast as it comes. Rejects where it is refused or broken off. */
export const download = async (
  url: string,
  token: string,
  { path }: Ask,
): Promise<{ seconds: number; lines: number }> => {
  const client = new Client(url, { pipelining: 1 });
  const startedMs = performance.now();
  let lines = 0;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const { statusCode, body } = await client.request({ path, method: 'GET', headers });
    if (statusCode !== 200) throw new Error(`${path} was answered with ${statusCode}: ${await body.text()}`);
    for await (const chunk of body as AsyncIterable<Buffer>) {
      for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
    }
  } finally {
    await client.destroy();
  }
  return { seconds: (performance.now() - startedMs) / 1000, lines };
};

const ask = (
  client: Client,
  { path, body }: Ask,
  token: string,
  keep: boolean,
): Promise<{ bytes: number; text: string }> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let status = 0;
    client.dispatch(
      {
        path,
        method: body === undefined ? 'GET' : 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        body: body ?? null,
      },
      {
        // Its presence tells undici which kind of handler this is.
        onRequestStart: () => {},
        onResponseStart: (_controller, statusCode) => {
          status = statusCode;
        },
        onResponseData: (_controller, chunk) => {
          bytes += chunk.length;
          if (keep || status !== 200) chunks.push(chunk);
        },
        onResponseEnd: () => {
          const text = chunks.length === 0 ? '' : Buffer.concat(chunks).toString();
          if (status === 200) resolve({ bytes, text });
          else reject(new Error(`${path} was answered with ${status}: ${text.slice(0, 300)}`));
        },
        onResponseError: (_controller, error) => reject(error),
      },
    );
  });

const inspect = (text: string): void => {
  const answer = JSON.parse(text) as { errors?: unknown; data?: unknown; assignments?: unknown };
  if (answer.errors !== undefined || (answer.data === undefined && answer.assignments === undefined)) {
    throw new Error(`not the answer that was asked for: ${text.slice(0, 300)}`);
  }
};
