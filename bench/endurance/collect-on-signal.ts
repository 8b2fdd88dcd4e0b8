/** Loaded into a replica with `--import`, beside `--expose-gc`: SIGUSR2 collects all garbage. */
process.on('SIGUSR2', () => globalThis.gc?.());
