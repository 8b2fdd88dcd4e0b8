import { useEffect, useState } from 'react';
import { useSession } from '../../session/session.tsx';

const subscription = 'subscription { accessChanges { id } }';

/** How many changes came since the list was read. They come over server-sent events, which are read by `fetch` because of the credential. */
export const useLiveChanges = (anew: number): number => {
  const { credential } = useSession();
  const [arrived, setArrived] = useState(0);
  useEffect(() => {
    setArrived(0);
    const controller = new AbortController();
    const headers: Record<string, string> = { accept: 'text/event-stream', 'content-type': 'application/json' };
    if (credential !== undefined) headers['authorization'] = `Bearer ${credential}`;
    readEvents(headers, controller.signal, () => setArrived((count) => count + 1)).catch(() => {});
    return () => controller.abort();
  }, [credential, anew]);
  return arrived;
};

const readEvents = async (
  headers: Record<string, string>,
  signal: AbortSignal,
  onChange: () => void,
): Promise<void> => {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers,
    body: JSON.stringify({ query: subscription }),
    signal,
  });
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  if (!response.ok || reader === undefined) return;
  let rest = '';
  for (let { done, value } = await reader.read(); !done; { done, value } = await reader.read()) {
    const events = `${rest}${value ?? ''}`.split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) if (/^event: next$/m.test(event) && event.includes('"accessChanges"')) onChange();
  }
};
