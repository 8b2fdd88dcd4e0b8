import { GatewayError } from '../model/errors.ts';
import type { WriteParts } from './write-parts.ts';

/** Throws where this gateway, or this caller, may change nothing. */
export const checkRights = ({ isOn, operation: { caller } }: Pick<WriteParts, 'isOn' | 'operation'>): void => {
  if (!isOn) {
    throw new GatewayError(
      'FORBIDDEN',
      'This gateway changes nothing. Whoever runs it can set ROLESCOPE_WRITES=true to let it.',
    );
  }
  if (caller === undefined) {
    throw new GatewayError('UNAUTHENTICATED', 'Nothing is changed for nobody. Send a credential with the request.');
  }
  if (caller.isReadOnly === true) {
    throw new GatewayError(
      'FORBIDDEN',
      'This caller may change nothing here. An API key has to be named in ROLESCOPE_WRITERS, a JWT needs the scope rolescope:write.',
    );
  }
};
