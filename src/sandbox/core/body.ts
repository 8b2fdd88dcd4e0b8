import { safeParse, type GenericSchema } from 'valibot';

/**
 * Checks the JSON object of a body against a schema. Answers what is wrong first, and where. Loaded by the calls that have a body, when
 * they are made first: the library costs ten milliseconds that a start should not.
 */
export const createBodyCheck =
  (schema: GenericSchema): ((json: unknown) => string | undefined) =>
  (json) => {
    const { issues } = safeParse(schema, json, { abortEarly: true });
    const issue = issues?.[0];
    if (issue === undefined) return undefined;
    const place = issue.path?.map(({ key }) => String(key)).join('.');
    return `${place ?? 'the body'}: ${issue.message}`.slice(0, 300);
  };
