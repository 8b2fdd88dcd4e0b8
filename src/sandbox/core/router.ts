import type { Domain } from './domain.ts';
import type { DomainRoutes, Route } from './route.ts';

/** A route, and what stands in its path. */
export interface Match {
  readonly route: Route;
  readonly inPath: Readonly<Record<string, string>>;
}

type Router = (method: string, path: string) => Match | undefined;

/** Finds the route of a request. Paths are taken to the letter, but for steps of dots, which every server on the way resolves. */
const createRouter = (routes: readonly Route[]): Router => {
  const literal = new Map<string, Match>();
  const patterns: { readonly route: Route; readonly steps: readonly string[] }[] = [];
  for (const route of routes) {
    if (route.path.includes('{')) patterns.push({ route, steps: route.path.split('/') });
    else literal.set(`${route.method} ${route.path}`, { route, inPath: {} });
  }
  return (method, path) => {
    const found = literal.get(`${method} ${path}`);
    if (found !== undefined) return found;
    const steps = path.split('/');
    if (steps.some((step) => /^(?:\.|%2e){1,2}$/i.test(step))) return undefined;
    for (const { route, steps: pattern } of patterns) {
      const inPath = route.method === method ? compareSteps(pattern, steps) : undefined;
      if (inPath !== undefined) return { route, inPath };
    }
    return undefined;
  };
};

const compareSteps = (pattern: readonly string[], steps: readonly string[]): Record<string, string> | undefined => {
  if (pattern.length !== steps.length) return undefined;
  const inPath: Record<string, string> = {};
  for (const [i, expected] of pattern.entries()) {
    const step = steps[i] as string;
    if (!expected.startsWith('{')) {
      if (step !== expected) return undefined;
      continue;
    }
    const value = decodeStep(step);
    if (value === undefined || value === '') return undefined;
    inPath[expected.slice(1, -1)] = value;
  }
  return inPath;
};

const decodeStep = (step: string): string | undefined => {
  try {
    return decodeURIComponent(step);
  } catch {
    return undefined;
  }
};

/** Finds the route of a request to a domain. Answers at once, but for what must be loaded first. */
export type FindRoute = (
  domain: Domain,
  method: string,
  path: string,
) => Match | undefined | Promise<Match | undefined>;

/** One router for each domain. */
export const createFindRoute = (domains: Readonly<Record<Domain, DomainRoutes>>): FindRoute => {
  const first = new Map<Domain, Router>();
  const all = new Map<Domain, Router>();
  const routerOf = (domain: Domain): Router => {
    const found = all.get(domain) ?? first.get(domain) ?? createRouter(domains[domain].routes);
    first.set(domain, found);
    return found;
  };
  return (domain, method, path) => {
    const { routes, loadMore } = domains[domain];
    const found = routerOf(domain)(method, path);
    if (found !== undefined || loadMore === undefined || all.has(domain)) return found;
    return loadMore().then((more) => {
      if (!all.has(domain)) all.set(domain, createRouter([...routes, ...more]));
      return all.get(domain)?.(method, path);
    });
  };
};
