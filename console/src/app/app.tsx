import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { SessionProvider } from '../session/session.tsx';
import { GraphError } from '../session/graph-error.ts';
import { styleNonce } from './gateway-facts.ts';
import { routes } from './routes.tsx';
import { readableColours, theme } from './theme.ts';

const Notices = lazy(async () => ({ default: (await import('./notices.tsx')).Notices }));
const router = createBrowserRouter([...routes]);

/** What the graph refuses is said on the page. The rest is a mistake of the page, for its developers. */
export const tellUnexpected = (error: unknown): void => {
  if (!(error instanceof GraphError)) reportError(error);
};

/** Everything, from the outermost: how it looks, who asks, and where one is. */
export const App = () => (
  <MantineProvider
    theme={theme}
    defaultColorScheme="auto"
    cssVariablesResolver={readableColours}
    getStyleNonce={() => styleNonce}
  >
    <Suspense>
      <Notices />
    </Suspense>
    <SessionProvider>
      <RouterProvider router={router} onError={tellUnexpected} />
    </SessionProvider>
  </MantineProvider>
);
