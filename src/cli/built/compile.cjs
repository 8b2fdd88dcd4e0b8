'use strict';

// `node dist/cli/compile.cjs` writes the code that V8 makes of the bundled command, for `load-compiled.cjs` and the Node that runs it. V8 compiles a function when it is first called: so
// a gateway is started that answers one question, and what it has then is what is kept. Ends with 1, and keeps what was there before, where that does not work.
// With arguments it is the process that is asked: it runs the command with them, and writes what V8 has made as it ends.

const { spawn } = require('node:child_process');
const { mkdirSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const path = require('node:path');
const { command, compiledFolder, createLoad } = require('./load-compiled.cjs');

/** As frontends ask, with what every list can say of itself. */
const question = `{
  subjects(first: 50) {
    totalCount
    pageInfo { hasNextPage endCursor }
    edges { cursor node { id type reference displayName roles { totalCount nodes { role { id } name scopes { edges { node { kind uuid } } } } } } }
    nodes { reference roles { nodes { name scopes { nodes { kind uuid } } } } }
  }
}`;

/** All or nothing: a gateway may start meanwhile. */
const write = (scripts) => {
  const made = `${compiledFolder}.${process.pid}`;
  try {
    mkdirSync(made, { recursive: true });
    // On the disk before it has its name: V8 would run what a loss of power has cut out of it.
    for (const [name, script] of scripts)
      writeFileSync(path.join(made, name), script.createCachedData(), { flush: true });
    rmSync(compiledFolder, { recursive: true, force: true });
    renameSync(made, compiledFolder);
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
};

const fail = (error) => {
  process.stderr.write(`compile: ${error instanceof Error ? error.message : error}\n`);
  process.exitCode = 1;
};

const runAndWrite = () => {
  const scripts = new Map();
  process.once('exit', (status) => {
    if (status !== 0) return;
    try {
      write(scripts);
    } catch (error) {
      fail(error);
    }
  });
  // As a signal would, which Windows does not have.
  process.once('message', () => process.emit('SIGTERM'));
  process.once('disconnect', () => process.exit(1));
  createLoad({ compiled: new Set(), onScript: (name, script) => scripts.set(name, script) })(command);
};

/** No settings of somebody's gateway, and no flags of Node's: V8 refuses code that was made with others. */
const environment = {
  ...Object.fromEntries(['PATH', 'SystemRoot'].map((name) => [name, process.env[name]])),
  ROLESCOPE_LOG_LEVEL: 'error',
};

const ask = async () => {
  const child = spawn(process.execPath, [__filename, 'serve', '--sandbox', '--port', '0', '--sandbox-port', '0'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    timeout: 60_000,
  });
  const ended = new Promise((resolve, reject) => child.once('error', reject).once('exit', resolve));
  try {
    await askOnce(child);
  } catch (error) {
    // It writes only where it ends by itself.
    child.kill('SIGKILL');
    throw error;
  }
  const status = await ended;
  if (status !== 0) throw new Error(`the gateway ended with ${status}`);
  process.stdout.write(`compiled for ${path.basename(compiledFolder)}\n`);
};

const askOnce = async (child) => {
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    output += chunk;
    const [, url] = /serves the graph at (\S+)/.exec(output) ?? [];
    if (url === undefined) continue;
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${/eyJ\S+/.exec(output)?.[0]}` },
      body: JSON.stringify({ query: question }),
    });
    const text = await answer.text();
    if (!answer.ok || text.includes('"errors"')) throw new Error(`the gateway answered ${answer.status}: ${text}`);
    child.send('end');
    return;
  }
};

if (process.argv.length > 2) runAndWrite();
else ask().catch(fail);
