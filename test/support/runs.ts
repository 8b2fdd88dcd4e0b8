/** Whether this is the second Node that all is tried on, on which fewer runs of each property do: they look for mistakes of the gateway, and not of Node. */
export const areRunsFewer = process.env['FEWER_RUNS'] === 'true';

/** How many runs a property has. */
export const runs = (all: number): number => (areRunsFewer ? Math.ceil(all / 4) : all);
