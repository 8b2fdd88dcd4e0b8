import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { SessionProvider } from '../session/session.tsx';
import { styleNonce } from './gateway-facts.ts';
import { routes } from './routes.tsx';
import { readableDimmed, theme } from './theme.ts';

const Notices = lazy(async () => ({ default: (await import('./notices.tsx')).Notices }));
const router = createBrowserRouter([...routes]);

/** Everything, from the outermost: how it looks, who asks, and where one is. */
export const App = () => (
  <MantineProvider
    theme={theme}
    defaultColorScheme="auto"
    cssVariablesResolver={readableDimmed}
    getStyleNonce={() => styleNonce}
  >
    <Suspense>
      <Notices />
    </Suspense>
    <SessionProvider>
      <RouterProvider router={router} />
    </SessionProvider>
  </MantineProvider>
);
