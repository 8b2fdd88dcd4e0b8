import { wantedText } from '../access/text-match.ts';
import { maxReferenceLength } from '../model/contract.ts';
import { GatewayError } from '../model/errors.ts';
import { kindByScopeField, type SubjectType, subjectTypes } from '../model/subject.ts';
import type { ReviewFilter } from './review-request.ts';

/** A filter as somebody writes it. */
interface WrittenFilter {
  /** The name of a type, in any case, with `-` or `_` or nothing between its words. */
  readonly type?: string | undefined;
  readonly role?: string | undefined;
  /** Each a kind and a uuid, such as `customer:UUID`. */
  readonly scopes?: readonly string[] | undefined;
  readonly includeGlobal?: boolean | undefined;
  /** Only what is held everywhere. */
  readonly everywhere?: boolean | undefined;
  readonly text?: string | undefined;
}

/** Reads a filter. Throws `BAD_USER_INPUT` with what is wrong with it. */
export const readFilter = ({
  type,
  role,
  scopes = [],
  includeGlobal = false,
  everywhere = false,
  text,
}: WrittenFilter): ReviewFilter => {
  if (role === '') throw refusal('The name of the role is empty: leave it out, or name one.');
  if (includeGlobal && scopes.length === 0) {
    throw refusal('Including global roles means something beside a scope only: name one, or leave it out.');
  }
  if (everywhere && scopes.length > 0) {
    throw refusal('What is held everywhere is held at no scope: ask for one or the other.');
  }
  const isAboutRoles = role !== undefined || scopes.length > 0 || everywhere;
  return {
    ...(type !== undefined && { type: readType(type) }),
    ...(text !== undefined && { text: wantedText(text) }),
    ...(isAboutRoles && {
      role: {
        ...(role !== undefined && { name: role }),
        ...(everywhere && { isGlobal: true }),
        ...(scopes.length > 0 && { scopes: scopes.map((scope) => [readScope(scope)]), includeGlobal }),
      },
    }),
  };
};

const bare = (word: string): string => word.replaceAll(/[-_ ]/g, '').toLowerCase();

const typeByWord = new Map<string, SubjectType>(subjectTypes.map((type) => [bare(type), type]));
const fieldByWord = new Map<string, string>(
  Object.entries(kindByScopeField).flatMap(([field, kind]) => [
    [bare(kind), field],
    [bare(field), field],
  ]),
);

const readType = (word: string): SubjectType => {
  const type = typeByWord.get(bare(word));
  if (type === undefined) {
    throw refusal(`${JSON.stringify(word)} is no type of subject: use one of ${wordsOf(subjectTypes)}.`);
  }
  return type;
};

const readScope = (text: string): { readonly field: string; readonly uuid: string } => {
  const colon = text.indexOf(':');
  const field = fieldByWord.get(bare(text.slice(0, Math.max(0, colon))));
  const uuid = text.slice(colon + 1).trim();
  if (field === undefined || uuid === '' || uuid.length > maxReferenceLength) {
    throw refusal(
      `${JSON.stringify(text)} names no scope: write a kind and a uuid, such as customer:UUID. Kinds are ${wordsOf(Object.values(kindByScopeField))}.`,
    );
  }
  return { field, uuid };
};

const wordsOf = (names: readonly string[]): string =>
  names.map((name) => name.toLowerCase().replaceAll('_', '-')).join(', ');

const refusal = (message: string): GatewayError => new GatewayError('BAD_USER_INPUT', message);
