/** The parts of ESET Connect, each with an origin of its own. */
export const domains = ['identity', 'users', 'devices', 'policies'] as const;
export type Domain = (typeof domains)[number];
