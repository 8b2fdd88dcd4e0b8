import type { GraphQLObjectType } from 'graphql';
import type { WriteDirectly } from '../platform/byte-text.ts';

/**
 * What is known of a field before it is asked, beside its type. Stands in the field's `extensions`, where whoever plans an operation reads it, so that
 * a new field brings its facts along.
 */
export interface FieldFacts {
  /**
   * How the field can cause upstream calls; absent: it answers from what was read already.
   * - `list`: reads pages of the list of subjects. Fields of one operation that read the same list share its pages, so that a field
   *   below another one costs its calls once and not for each parent.
   * - `lookup`: looks things up; lookups are gathered, and one page can answer a thousand of them.
   */
  readonly cost?: 'list' | 'lookup';
  /** How many items a list has, about, that has no argument to tell it. Default: ten. */
  readonly usualLength?: number;
  /**
   * True: the value follows from the field's object and constant arguments alone. Objects all of whose asked fields are so are written once an answer and
   * then copied. For objects that repeat within an answer, as scopes do; never for a field that looks at the context or the clock.
   */
  readonly isPure?: true;
  /** How its value is written past its resolver, for objects that can be; undefined for what only resolvers know. */
  readonly writeDirectly?: (field: AskedField) => WriteDirectly | undefined;
}

/** A field as an operation asks for it. */
export interface AskedField {
  /** What stands in the answer before its value: its name there, and the comma after the field before. */
  readonly key: Uint8Array;
  readonly parentType: GraphQLObjectType;
  readonly definition: { readonly name: string };
  /** Absent where variables are used. */
  readonly constantArguments: Readonly<Record<string, unknown>> | undefined;
  readonly output: AskedOutput;
}

export type AskedOutput =
  | { readonly kind: 'leaf' }
  | { readonly kind: 'list'; readonly item: AskedOutput }
  | { readonly kind: 'object'; readonly selection: { readonly fields: readonly AskedField[] } }
  | { readonly kind: 'abstract' };

export const listCost = { cost: 'list' } as const satisfies FieldFacts;
export const lookupCost = { cost: 'lookup' } as const satisfies FieldFacts;
export const pure = { isPure: true } as const satisfies FieldFacts;

/** The facts that stand at a field. */
export const factsOf = ({ extensions }: { readonly extensions: Readonly<Record<string, unknown>> }): FieldFacts =>
  extensions;
