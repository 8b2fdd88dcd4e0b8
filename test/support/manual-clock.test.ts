import { createServer, type Server } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { sleep } from '../../src/platform/clock.ts';
import { createManualClock } from './manual-clock.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

describe('the manual clock', () => {
  it('calls back in order, at the right times, and what callbacks add', () => {
    const clock = createManualClock(0);
    const seen: string[] = [];
    const note = (name: string) => () => seen.push(`${name} ${clock.nowMs()}`);
    clock.after(20, note('b'));
    clock.after(10, () => {
      note('a')();
      clock.after(5, note('a2'));
    });
    clock.after(20, note('c'));
    clock.after(99, note('never'));
    clock.after(15, note('cancelled'))();
    const cancel = clock.after(1, note('cancelled'));
    cancel();
    cancel();
    clock.advance(20);
    expect(seen).toEqual(['a 10', 'a2 15', 'b 20', 'c 20']);
    expect(clock.waiting).toBe(1);
  });

  it('does not overtake an answer that is under way', async () => {
    const clock = createManualClock();
    const server = createServer((request, response) => {
      // Ten turns of the event loop, as real work takes.
      let turns = 10;
      const turn = (): void => void (turns-- > 0 ? setImmediate(turn) : response.end(request.url));
      turn();
    });
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const answers = await clock.run(
      Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          let isLate = false;
          const cancel = clock.after(1000, () => {
            isLate = true;
          });
          const text = await (await fetch(`http://127.0.0.1:${port}/${i}`)).text();
          cancel();
          return isLate ? 'late' : text;
        }),
      ),
    );
    expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => `/${i}`));
  });

  it('does not overtake work that lets others have a turn', async () => {
    const clock = createManualClock();
    let isLate = false;
    clock.after(1000, () => {
      isLate = true;
    });
    const work = async (): Promise<void> => {
      for (let turns = 0; turns < 30; turns++) {
        const untilMs = performance.now() + 2;
        while (performance.now() < untilMs);
        await new Promise((resolve) => setImmediate(resolve));
      }
    };
    await clock.run(work());
    expect(isLate).toBe(false);
  });

  it('turns to what the server waits for', async () => {
    const clock = createManualClock();
    const server = createServer((_request, response) => void clock.after(30_000, () => response.end('at last')));
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    const startedAtMs = clock.nowMs();
    const text = await clock.run(fetch(`http://127.0.0.1:${port}`).then((response) => response.text()));
    expect(text).toBe('at last');
    expect(clock.nowMs() - startedAtMs).toBe(30_000);
  });

  it('passes no more time than it is told', async () => {
    const clock = createManualClock(0);
    const { signal } = new AbortController();
    const seen: number[] = [];
    void (async () => {
      for (;;) {
        await sleep(clock, 300, signal);
        seen.push(clock.nowMs());
      }
    })();
    await clock.pass(1000);
    expect(seen).toEqual([300, 600, 900]);
    expect(clock.nowMs()).toBe(1000);
  });
});
