import { maxPageTokenLength, maxReferenceLength } from '../../model/contract.ts';
import { GatewayError } from '../../model/errors.ts';
import type { PageInput, RequestBody } from '../endpoint.ts';

// How requests are written: canonically, and never anything that upstream could take for another question.

/** Parameters of a query, in the order in which they are sent. Undefined ones are left out. */
export type Parameters = readonly (readonly [name: string, value: string | number | boolean | undefined])[];

/** Path and query of a page of a list: the size first, the token last, so that equal questions have equal texts but for these. */
export const pagePath = (
  path: string,
  { pageToken, pageSize }: Omit<PageInput<unknown>, 'question'>,
  { maxPageSize, parameters = [] }: { readonly maxPageSize: number; readonly parameters?: Parameters },
): string => {
  if (!Number.isInteger(pageSize) || pageSize < 1 || pageSize > maxPageSize) {
    throw refusal(`A page has from 1 to ${maxPageSize} entries.`);
  }
  if (pageToken !== undefined && (pageToken.length === 0 || pageToken.length > maxPageTokenLength)) {
    throw refusal('The page token is not one that upstream gave.');
  }
  return path + queryOf([['pageSize', pageSize], ...parameters, ['pageToken', pageToken]]);
};

/** A query with its question mark; "" where nothing is set. */
export const queryOf = (parameters: Parameters): string => {
  const set = parameters.flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encode(String(value))}`]));
  return set.length === 0 ? '' : `?${set.join('&')}`;
};

/** One segment of a path. Names of dots only would be resolved away and reach another path; what holds a delimiter or a control is no name. */
export const segment = (name: string, what: string): string => {
  if (name === '' || name.length > maxReferenceLength) {
    throw refusal(`${what} has from 1 to ${maxReferenceLength} characters.`);
  }
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/^\.+$/.test(name) || /[/\\?#\u0000-\u001f\u007f]/.test(name)) throw refusal(`${what} is none that can be sent.`);
  return encode(name);
};

/** A text for an address. */
export const encode = (value: string): string => {
  try {
    return encodeURIComponent(value);
  } catch {
    // A lone surrogate: no UTF-8 exists for it, so upstream cannot know it.
    throw refusal('An argument holds characters that cannot be sent.');
  }
};

/** A JSON body. Serialised here and nowhere else: to pick up a pending answer the body must be the same to the byte. */
export const jsonBody = (value: object): RequestBody => ({ type: 'application/json', text: JSON.stringify(value) });

export const refusal = (message: string): GatewayError =>
  new GatewayError('BAD_USER_INPUT', message, { outcome: 'notSent' });
