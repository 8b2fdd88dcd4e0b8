import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import { runToEnd } from '../support/processes.ts';
import { type RunningGateway, runGateway, type RunningGatewayOptions } from '../support/running-gateway.ts';

/** Top of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
const configFile = join(root, 'examples/frontend/vite.config.ts');

/** The application, built for production once. */
export interface BuiltFrontend {
  /** Serves it in front of a gateway of its own. */
  serve(options?: RunningGatewayOptions): Promise<RunningFrontend>;
  remove(): void;
}

export interface RunningFrontend {
  /** Address of the application, with the administrator's token behind the #. */
  readonly url: string;
  readonly gateway: RunningGateway;
  close(): Promise<void>;
}

export const buildFrontend = async (): Promise<BuiltFrontend> => {
  const outDir = mkdtempSync(join(tmpdir(), 'rolescope-frontend-'));
  // As its users would; and Vite would make a development build of it under vitest's NODE_ENV.
  const { code, output } = await runToEnd('npx', ['vite', 'build', 'examples/frontend', '--outDir', outDir], {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production' },
  });
  if (code !== 0) throw new Error(`the frontend cannot be built: ${output}`);
  return {
    async serve(options) {
      const gateway = await runGateway(options);
      const server = await preview({
        configFile,
        logLevel: 'error',
        build: { outDir },
        preview: { host: '127.0.0.1', port: 0, proxy: { '/graphql': gateway.url } },
      });
      const { port } = server.httpServer.address() as AddressInfo;
      return {
        url: `http://127.0.0.1:${port}/#token=${gateway.sandbox.adminToken}`,
        gateway,
        async close() {
          await server.close();
          await gateway.close();
        },
      };
    },
    remove: () => rmSync(outDir, { recursive: true, force: true }),
  };
};
