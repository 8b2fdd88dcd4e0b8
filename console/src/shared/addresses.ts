/** Where a thing has its page. Ids and names go into a path as they are, encoded. */
export const subjectAddress = (id: string): string => `/subjects/${encodeURIComponent(id)}`;
export const scopeAddress = (id: string): string => `/scopes/${encodeURIComponent(id)}`;
export const roleAddress = (name: string): string => `/roles/${encodeURIComponent(name)}`;
