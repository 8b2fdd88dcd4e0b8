import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runToEnd } from '../support/processes.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

it.each(['embedding', 'stitching', 'federation'])('the example %s names a port that is taken', async (example) => {
  const holder = createServer();
  await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = holder.address() as AddressInfo;
    const { code, output } = await runToEnd('npm', ['run', '--silent', `example:${example}`], {
      cwd: root,
      env: { ...process.env, PORT: String(port) },
    });
    expect(output).toBe(
      `port ${port} is taken: choose another with PORT, such as PORT=${port + 1} npm run example:${example} (0 takes any free one)\n`,
    );
    expect(code).toBe(1);
  } finally {
    holder.close();
  }
});
