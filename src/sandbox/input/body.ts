import type { GenericSchema } from 'valibot';
import { SandboxInputError } from './input-error.ts';
import { readInput } from './input.ts';

/**
 * Checks the JSON of a body against a schema. Answers what is wrong with it first, and where. Loaded by the calls that have a body, when
 * they are made first: the library costs ten milliseconds that a start should not.
 */
export const createBodyCheck =
  (schema: GenericSchema): ((json: unknown) => string | undefined) =>
  (json) => {
    try {
      readInput(schema, json);
      return undefined;
    } catch (error) {
      if (error instanceof SandboxInputError) return error.problems[0];
      throw error;
    }
  };
