/** Checks the body of `batchGetUsers`: one list of texts and nothing else. Answers what is wrong with it, if anything. */
export const checkBatch = (json: unknown): string | undefined => {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return 'the body is not an object';
  for (const name of Object.keys(json)) if (name !== 'usersUuids') return `unknown field "${name.slice(0, 50)}"`;
  const { usersUuids } = json as { readonly usersUuids?: unknown };
  if (!Array.isArray(usersUuids) || usersUuids.some((uuid) => typeof uuid !== 'string')) {
    return 'users_uuids is not a list of texts';
  }
  return undefined;
};
