import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { createBrowserRouter, RouterProvider } from 'react-router';
import { SessionProvider } from '../session/session.tsx';
import { styleNonce } from './gateway-facts.ts';
import { routes } from './routes.tsx';
import { theme } from './theme.ts';

const router = createBrowserRouter([...routes]);

/** Everything, from the outermost: how it looks, who asks, and where one is. */
export const App = () => (
  <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={() => styleNonce}>
    <Notifications position="bottom-right" />
    <SessionProvider>
      <RouterProvider router={router} />
    </SessionProvider>
  </MantineProvider>
);
