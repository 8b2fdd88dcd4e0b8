import type { ComponentType } from 'react';
import type { RouteObject } from 'react-router';
import { RouteError } from '../shared/route-error.tsx';
import { PageSkeleton } from '../shared/waiting.tsx';
import { Shell } from './shell.tsx';

/** Each page is a file of its own, loaded when it is first opened. */
const page = (path: string, load: () => Promise<{ readonly Page: ComponentType }>): RouteObject => ({
  path,
  lazy: async () => ({ Component: (await load()).Page }),
  errorElement: <RouteError />,
});

export const routes: readonly RouteObject[] = [
  {
    path: '/',
    element: <Shell />,
    errorElement: <RouteError />,
    HydrateFallback: PageSkeleton,
    children: [
      page('', () => import('../pages/overview/page.tsx')),
      page('subjects', () => import('../pages/subjects/page.tsx')),
      page('subjects/:id', () => import('../pages/subject/page.tsx')),
      page('scopes', () => import('../pages/scopes/page.tsx')),
      page('scopes/:id', () => import('../pages/scope/page.tsx')),
      page('roles', () => import('../pages/roles/page.tsx')),
      page('roles/:name', () => import('../pages/role/page.tsx')),
      page('matrix', () => import('../pages/matrix/page.tsx')),
      page('check', () => import('../pages/check/page.tsx')),
      page('findings', () => import('../pages/findings/page.tsx')),
      page('changes', () => import('../pages/changes/page.tsx')),
      page('*', () => import('../pages/not-found/page.tsx')),
    ],
  },
];
