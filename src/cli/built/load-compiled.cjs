'use strict';

// Loads the files of the bundled command together with the code that V8 has made of them before (`compile.cjs`): making it anew is a third of the time to
// the first answer. Node has a cache for that from 22.1 on, which has to be asked for and fills a folder while a gateway runs; this one is made when the command is built, and only read.

const { closeSync, fstatSync, openSync, readdirSync, readSync, statSync } = require('node:fs');
const path = require('node:path');
const { Script } = require('node:vm');

/** The file of the bundled command. `bundle.mjs` writes its name here. */
const command = 'command.cjs';

/** Undefined where this Node may not look at its own file. */
const sizeOfNode = () => {
  try {
    return statSync(process.execPath).size;
  } catch {
    return undefined;
  }
};

const size = sizeOfNode();

/** For the very Node that has made it. A version may be built in several ways (for musl, say), which differ in size: what one has compiled must not reach the other. */
const node = `${process.version}-${process.platform}-${process.arch}-${size}`;
const compiledFolder = path.join(__dirname, 'compiled', node);

/**
 * Starts the command: with its compiled code where there is some that V8 takes, and otherwise as Node loads every module. V8 takes none of another version or that was made with other flags,
 * which before Node 24 bounds of memory are too. It does not look for damage: `compile.cjs` sees to it that what is there is whole.
 */
const start = () => {
  const compiled = compiledFiles();
  const script = compiled.has(command) ? scriptOf(command, true) : undefined;
  if (script?.cachedDataRejected === false) createLoad({ compiled })(command, script);
  else require(`./${command}`);
};

const compiledFiles = () => {
  try {
    return new Set(size === undefined ? [] : readdirSync(compiledFolder));
  } catch {
    return new Set();
  }
};

/**
 * Makes a function that loads a file of this folder by its name, once, with what it requires, and returns what it exports; it takes the file's `vm.Script` where that is made already.
 * `compiled` has the names of those whose compiled code lies in `compiledFolder`; V8 compiles the others, and those that it refuses, as with flags that make other code of it. `onScript`
 * gets the name and the `vm.Script` of each file that is loaded.
 */
const createLoad = ({ compiled, onScript }) => {
  const modules = new Map();
  const load = (name, made) => {
    const known = modules.get(name);
    if (known !== undefined) return known.exports;
    const module = { exports: {} };
    modules.set(name, module);
    try {
      const script = made ?? scriptOf(name, compiled.has(name));
      onScript?.(name, script);
      const filename = path.join(__dirname, name);
      script.runInThisContext().call(module.exports, module.exports, requireHere, module, filename, __dirname);
    } catch (error) {
      // What it needs may be there the next time.
      modules.delete(name);
      throw error;
    }
    return module.exports;
  };
  const requireHere = Object.assign((id) => (id.startsWith('./') ? load(id.slice(2)) : require(id)), require);
  return load;
};

const scriptOf = (name, isCompiled) => {
  const filename = path.join(__dirname, name);
  const source = sourceOf(filename);
  return new Script(source, {
    filename,
    cachedData: isCompiled ? bytesOf(path.join(compiledFolder, name)) : undefined,
  });
};

/** Around each file, on its first and last line: the names of a module of CommonJS. */
const before = '(function (exports, require, module, __filename, __dirname) { ';
const after = '\n});';

/** What is read goes into V8's heap at once, so that all of it can pass through the same memory, of which the system gives no more than is written to. */
let buffer = Buffer.allocUnsafeSlow(1024 * 1024);

/** Latin-1, because V8 takes it as it is: the bundle is all ASCII. */
const sourceOf = (filename) => {
  const end = readAt(before.length, filename, after.length);
  buffer.latin1Write(before, 0);
  buffer.latin1Write(after, end);
  return buffer.latin1Slice(0, end + after.length);
};

/** Good until the next file is read. Undefined where it cannot be read, as when it is made anew while a gateway runs. */
const bytesOf = (filename) => {
  try {
    const end = readAt(0, filename, 0);
    return buffer.subarray(0, end);
  } catch {
    return undefined;
  }
};

/** Reads a file into `buffer`, which may be another one then, with room left behind it. Returns where it ends. */
const readAt = (offset, filename, spare) => {
  const file = openSync(filename);
  try {
    const { size: length } = fstatSync(file);
    const needed = offset + length + spare;
    if (needed > buffer.length) buffer = Buffer.allocUnsafeSlow(needed);
    return offset + readSync(file, buffer, { offset, length });
  } finally {
    closeSync(file);
  }
};

module.exports = { command, compiledFolder, createLoad, start };
