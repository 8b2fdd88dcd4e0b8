import type { Command } from '../settings/kinds.ts';
import type { Config } from '../settings/read.ts';

/** One command: what the help says of it, and what it does. */
interface CommandFacts {
  readonly summary: string;
  /** Imports the command's file, so that no command costs another one time before its first answer. */
  readonly load: () => Promise<(config: Config, operands: readonly string[]) => Promise<void>>;
  /** What stands behind its flags, such as files. Default: nothing. */
  readonly operands?: { readonly names: string; readonly most: number };
}

/** Every command, in the order of the help. Where none is given, `serve` is meant. */
export const commands: Readonly<Record<Command, CommandFacts>> = {
  serve: {
    summary: 'serve the graph; --sandbox serves it over made-up data',
    load: async () => (await import('./serve.ts')).serve,
  },
  sandbox: {
    summary: 'run the embedded stand-in for ESET Connect alone',
    load: async () => (await import('./sandbox.ts')).serveSandbox,
  },
  doctor: {
    summary: 'check step by step whether ESET Connect can be reached and used',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  token: {
    summary: 'print a bearer token for use in GraphiQL',
    load: async () => (await import('./token.ts')).token,
  },
  export: {
    summary: 'write who has which role, where, as csv or ndjson',
    load: async () => (await import('./export.ts')).exportAccess,
  },
  diff: {
    summary: 'tell what was granted and revoked between two exports',
    operands: { names: 'OLD [NEW]', most: 2 },
    load: async () => (await import('./diff.ts')).diffAccess,
  },
  'record status': {
    summary: 'tell how far the record goes, and how large it is',
    load: async () => (await import('./record/status.ts')).recordStatus,
  },
  'record prune': {
    summary: 'let go of what the record has kept long enough',
    load: async () => (await import('./record/prune.ts')).pruneRecord,
  },
  'record export': {
    summary: 'write who had which role, where, at a moment of the record',
    load: async () => (await import('./record/export.ts')).exportRecord,
  },
};

export const isCommand = (word: string): word is Command => Object.hasOwn(commands, word);
