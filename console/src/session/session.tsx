import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { RelayEnvironmentProvider } from 'react-relay';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { forgetCredential, keepCredential, readCredential } from './credential.ts';
import { createEnvironment } from './environment.ts';
import type { Failure } from './graph-error.ts';

export interface Session {
  readonly credential: string | undefined;
  /** Sandbox: the name of the API user that signed in. */
  readonly accountName: string | undefined;
  /** True once the graph has refused the credential. */
  readonly isExpired: boolean;
  /** True from the first answer to this user until they sign out: what they look at stays, also where the credential ends. */
  readonly hasEntered: boolean;
  /** Counts sign-ins: what asked with the old credential asks again. */
  readonly generation: number;
  /** Counts sign-outs: whoever comes next starts anew. */
  readonly sitting: number;
  /** The graph has answered this user. */
  readonly enter: () => void;
  readonly signIn: (credential: string) => void;
  /** Asks everything again, with nothing that was read before. */
  readonly askAgain: () => void;
  /** Forgets the credential and everything that was read with it. */
  readonly signOut: () => void;
}

const SessionContext = createContext<Session | undefined>(undefined);

export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === undefined) throw new Error('useSession needs a SessionProvider around it');
  return session;
};

/** Who asks, and the Relay environment that asks for them. A new credential gets a new environment. */
export const SessionProvider = ({ children }: { readonly children: ReactNode }) => {
  const [credential, setCredential] = useState(readCredential);
  const [isExpired, setExpired] = useState(false);
  const [hasEntered, setEntered] = useState(false);
  const [generation, setGeneration] = useState(0);
  const [sitting, setSitting] = useState(0);

  const signIn = useCallback((next: string) => {
    keepCredential(next);
    setCredential(next);
    setExpired(false);
    setGeneration((count) => count + 1);
  }, []);
  const enter = useCallback(() => setEntered(true), []);
  const askAgain = useCallback(() => setGeneration((count) => count + 1), []);
  const signOut = useCallback(() => {
    forgetCredential();
    setCredential(undefined);
    setExpired(false);
    setEntered(false);
    clearNotices();
    setSitting((count) => count + 1);
    setGeneration((count) => count + 1);
  }, []);

  const environment = useMemo(
    () =>
      createEnvironment({
        credential,
        onUnauthenticated: () => setExpired(true),
        onPartialFailure: tellPartialFailure,
      }),
    // A new one for every sign-in, also with the same credential.
    [credential, generation],
  );
  const session = useMemo(
    () => ({
      credential,
      accountName: gatewayFacts.accounts.find(({ token }) => token === credential)?.name,
      isExpired,
      hasEntered,
      generation,
      sitting,
      enter,
      signIn,
      askAgain,
      signOut,
    }),
    [credential, isExpired, hasEntered, generation, sitting, enter, signIn, askAgain, signOut],
  );
  return (
    <SessionContext value={session}>
      <RelayEnvironmentProvider environment={environment}>{children}</RelayEnvironmentProvider>
    </SessionContext>
  );
};

const tellPartialFailure = (failures: readonly Failure[]): void => {
  void import('../app/notices.tsx').then((notices) => notices.tellPartialFailure(failures));
};

const clearNotices = (): void => {
  void import('../app/notices.tsx').then((notices) => notices.clearNotices());
};
