import { setMaxListeners } from 'node:events';
import { Client } from 'undici';
import type { Chance } from './model.ts';
import { type Told, toldFields, toldOf, type WireChange } from './record-questions.ts';

/** One stream of events, from its beginning to its end. */
export interface Session {
  /** Undefined: of every role. */
  readonly roleName: string | undefined;
  /** When it was accepted, by the clock. */
  readonly openedAtMs: number;
  readonly told: readonly Told[];
  /** Whether it is meant to last until the end, or leaves before. */
  readonly isStaying: boolean;
  /** Why the gateway has ended it, or has told of an error. */
  readonly failure: string | undefined;
}

export interface SubscribersOptions {
  readonly gatewayUrls: readonly string[];
  readonly apiKeys: readonly string[];
  readonly count: number;
  /** Roles of which some want to hear alone. */
  readonly roleNames: readonly string[];
  readonly chance: Chance;
  readonly onTold: (told: Told) => void;
}

export interface Subscribers {
  /** Ends all streams that are open. */
  end(): Promise<void>;
  /** All streams until now, as they are now. */
  readonly sessions: readonly Session[];
}

const subscription = `subscription ($roleName: String) {
  accessChanges(roleName: $roleName) { ${toldFields} }
}`;

/** One in three comes and goes; one in three hears of one role alone. */
const oneIn = 3;
/** How long one who comes and goes stays, and is away, at most. */
const longestStayMs = 30_000;
const longestAwayMs = 5000;

interface Subscriber {
  readonly index: number;
  readonly roleName: string | undefined;
  readonly isStaying: boolean;
}

interface OpenSession extends Session {
  readonly told: Told[];
  openedAtMs: number;
  failure: string | undefined;
}

/** Opens streams of changes and notes what they tell. Replicas and keys take turns. */
export const openSubscribers = (options: SubscribersOptions): Subscribers => {
  const { gatewayUrls, apiKeys, count, roleNames, chance, onTold } = options;
  const sessions: OpenSession[] = [];
  const ending = new AbortController();
  // Each stream is one.
  setMaxListeners(0, ending.signal);
  const leaving = new AbortController();

  const listen = async ({ index, roleName, isStaying }: Subscriber, signal: AbortSignal): Promise<void> => {
    const session: OpenSession = { roleName, isStaying, openedAtMs: Infinity, told: [], failure: undefined };
    sessions.push(session);
    const client = new Client(gatewayUrls[index % gatewayUrls.length] as string, { bodyTimeout: 0 });
    try {
      const { statusCode, body } = await client.request({
        path: '/graphql',
        method: 'POST',
        headers: {
          accept: 'text/event-stream',
          'content-type': 'application/json',
          'x-api-key': apiKeys[index % apiKeys.length] as string,
        },
        body: JSON.stringify({ query: subscription, variables: { roleName } }),
        signal,
      });
      session.openedAtMs = Date.now();
      if (statusCode !== 200) throw new Error(`status ${statusCode}: ${await body.text()}`);
      body.setEncoding('utf8');
      let text = '';
      for await (const chunk of body) {
        const events = (text + String(chunk)).split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) note(session, event);
      }
      session.failure ??= 'the stream ended';
    } catch (error) {
      if (!signal.aborted) session.failure ??= (error as Error).message;
    } finally {
      await client.destroy();
    }
  };

  const note = (session: OpenSession, event: string): void => {
    const data = /^data: (.*)$/m.exec(event)?.[1];
    if (data === undefined || data === '') return;
    const read = readTold(data);
    if (typeof read === 'string') session.failure ??= read;
    else {
      session.told.push(read);
      onTold(read);
    }
  };

  const comeAndGo = async (subscriber: Subscriber): Promise<void> => {
    while (!leaving.signal.aborted) {
      const stay = new AbortController();
      const timer = setTimeout(() => stay.abort(), 1000 + chance() * longestStayMs);
      await listen(subscriber, AbortSignal.any([stay.signal, ending.signal]));
      clearTimeout(timer);
      await new Promise((resolve) => setTimeout(resolve, chance() * longestAwayMs));
    }
  };

  const all = Array.from({ length: count }, (_, index) => {
    const roleName = index % oneIn === 1 ? roleNames[Math.floor(chance() * roleNames.length)] : undefined;
    const subscriber: Subscriber = { index, roleName, isStaying: index % oneIn !== 2 };
    return subscriber.isStaying ? listen(subscriber, ending.signal) : comeAndGo(subscriber);
  });
  return {
    sessions,
    async end() {
      leaving.abort();
      ending.abort();
      await Promise.all(all);
    },
  };
};

/** A change, or what is wrong with an event. */
const readTold = (text: string): Told | string => {
  const { data, errors } = JSON.parse(text) as {
    data?: { accessChanges?: WireChange } | null;
    errors?: { extensions?: { code?: string } }[];
  };
  const change = data?.accessChanges;
  if (errors !== undefined || change === undefined) return errors?.[0]?.extensions?.code ?? text.slice(0, 300);
  return toldOf(change);
};
