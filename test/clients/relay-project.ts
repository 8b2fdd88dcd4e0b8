import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const require = createRequire(import.meta.url);
const run = promisify(execFile);

/** A Relay project of its own in a temporary folder: the served schema, and documents. */
export interface RelayProject {
  /** What the compiler made of a document. */
  artifact(name: string): unknown;
  remove(): Promise<void>;
}

/** Compiles documents with the Relay compiler. Rejects with what the compiler says where it refuses them. */
export const compileRelayProject = async (documents: readonly string[]): Promise<RelayProject> => {
  const folder = await mkdtemp(join(tmpdir(), 'relay-project-'));
  const remove = () => rm(folder, { recursive: true });
  try {
    await mkdir(join(folder, 'artifacts'));
    await copyFile(
      fileURLToPath(new URL('../../schema/schema.graphql', import.meta.url)),
      join(folder, 'schema.graphql'),
    );
    // Relay wants the documents of a module to carry its name.
    await writeFile(join(folder, 'Directory.js'), documents.map((text) => `graphql\`${text}\`;\n`).join('\n'));
    const config = {
      src: '.',
      schema: 'schema.graphql',
      language: 'javascript',
      artifactDirectory: 'artifacts',
      eagerEsModules: false,
    };
    await writeFile(join(folder, 'relay.config.json'), JSON.stringify(config));
    await writeFile(join(folder, 'package.json'), '{}');
    await run(process.execPath, [require.resolve('relay-compiler/cli.js'), 'relay.config.json'], { cwd: folder });
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    artifact: (name) => require(join(folder, 'artifacts', `${name}.graphql.js`)),
    remove,
  };
};
