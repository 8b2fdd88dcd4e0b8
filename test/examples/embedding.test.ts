import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runToEnd } from '../support/processes.ts';
import { blocksOf, commandsOf } from '../support/readme.ts';
import { askExample, type RunningExample, startExample } from './running-example.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const blocks = blocksOf('examples/embedding/README.md');

describe('the embedding example', () => {
  let example: RunningExample;
  beforeAll(async () => {
    example = await startExample('examples/embedding');
  });
  afterAll(() => example?.stop());

  it('answers at its own routes and at the graph', async () => {
    const hello = await fetch(`${example.url}/hello`);
    expect(await hello.text()).toBe('Hello from the application.\n');
    expect((await fetch(`${example.url}/elsewhere`)).status).toBe(404);
    const query = blocks.find(({ language }) => language === 'graphql')?.text ?? '';
    const { data, errors } = await askExample({ ...example, url: `${example.url}/graphql` }, query);
    expect(errors).toBeUndefined();
    expect((data as { subjects: { nodes: object[] } }).subjects.nodes).toHaveLength(3);
  });

  it('ends in good order when it is told to', async () => {
    const { output } = await example.stop();
    expect(output).toContain('Everything is closed.');
    expect(output).not.toMatch(/at .*\.ts:\d+/);
  });

  it("tests somebody else's code over a sandbox", async () => {
    const [, command = ''] = commandsOf(blocks);
    const { code, output } = await runToEnd('bash', ['-c', command], { cwd: root });
    expect(output).toMatch(/^[#ℹ] pass 6$/m);
    expect(code).toBe(0);
  });
});
