import { useSyncExternalStore } from 'react';

const key = 'rolescope-token';
const listeners = new Set<() => void>();

/** The token of this browser tab, null where nobody is signed in. It is gone when the tab is. */
export const useToken = (): string | null => useSyncExternalStore(subscribe, () => sessionStorage.getItem(key));

export const signIn = (token: string): void => {
  sessionStorage.setItem(key, token.trim().replace(/^Bearer\s+/i, ''));
  tell();
};

export const signOut = (): void => {
  sessionStorage.removeItem(key);
  tell();
};

/** Takes a token from behind the # of the address, which the browser sends to nobody, and takes it out of the address. */
export const takeTokenFromAddress = (): void => {
  const address = new URL(location.href);
  const token = new URLSearchParams(address.hash.slice(1)).get('token');
  if (token === null) return;
  address.hash = '';
  history.replaceState(null, '', address);
  signIn(token);
};

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

const tell = (): void => {
  for (const listener of listeners) listener();
};
