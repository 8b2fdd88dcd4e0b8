import type { RequestListener } from 'node:http';
import { sendError } from './responses.ts';

/**
 * A listener that is made when it is first asked: for what takes long to load and not every gateway needs. Requests wait for it; where it cannot
 * be made they are answered with status 500.
 */
export const createLazyListener = (create: () => Promise<RequestListener>): RequestListener => {
  let making: Promise<RequestListener> | undefined;
  return (request, response) => {
    making ??= create();
    void making.then(
      (listener) => {
        // Whoever asked may be gone: what is opened for them now would wait in vain for them to go.
        if (!response.destroyed) listener(request, response);
      },
      () => sendError(response, 500, 'A part of the gateway cannot be loaded.', 'INTERNAL'),
    );
  };
};
