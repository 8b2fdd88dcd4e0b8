const key = 'rolescope.credential';

/**
 * Who the page asks as: a bearer token, an API key or a JWT. It lives in `sessionStorage` alone, so it is gone with the tab, and it never
 * stands in an address.
 */
export const readCredential = (): string | undefined => sessionStorage.getItem(key) ?? undefined;

export const keepCredential = (credential: string): void => sessionStorage.setItem(key, credential);

export const forgetCredential = (): void => sessionStorage.removeItem(key);
