import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PageToken } from '../../src/model/page.ts';
import { listKey, pageKey } from '../../src/pages/key.ts';
import { subjectList } from '../../src/pages/subjects/subjects.ts';

// Digits, colons and dashes are what the keys themselves are written with.
const text = fc.string({ unit: fc.constantFrom('0', '1', '2', ':', '-', 'a'), maxLength: 4 });
const place = fc.record(
  {
    credentialKey: text,
    includeNestedScopes: fc.boolean(),
    orderBy: text,
    subjectReference: text,
    subjectType: text,
    pageToken: text,
  },
  { requiredKeys: ['credentialKey', 'includeNestedScopes'] },
);

const keyOf = ({ credentialKey, pageToken, ...question }: Record<string, string | boolean | undefined>) =>
  pageKey(
    listKey(credentialKey as string, subjectList.questionKey(question as never)),
    pageToken as PageToken | undefined,
  );

it('gives equal keys exactly to equal callers, questions and tokens', () => {
  fc.assert(
    fc.property(place, place, (one, other) => {
      const sorted = (of: object) =>
        JSON.stringify(of, [
          'credentialKey',
          'includeNestedScopes',
          'orderBy',
          'subjectReference',
          'subjectType',
          'pageToken',
        ]);
      expect(keyOf(one) === keyOf(other)).toBe(sorted(one) === sorted(other));
    }),
    { numRuns: 5000 },
  );
});

it.each([
  [
    'a caller that swallows the question',
    { credentialKey: 'a1', includeNestedScopes: true },
    { credentialKey: 'a', includeNestedScopes: true },
  ],
  [
    'a reference and a type that swap their ends',
    { credentialKey: 'a', includeNestedScopes: true, subjectReference: '1:2', subjectType: '' },
    { credentialKey: 'a', includeNestedScopes: true, subjectReference: '1', subjectType: '2:' },
  ],
  [
    'an empty reference and none',
    { credentialKey: 'a', includeNestedScopes: true, subjectReference: '' },
    { credentialKey: 'a', includeNestedScopes: true },
  ],
  [
    'an empty token and none',
    { credentialKey: 'a', includeNestedScopes: true, pageToken: '' },
    { credentialKey: 'a', includeNestedScopes: true },
  ],
])('tells apart %s', (_, one, other) => {
  expect(keyOf(one)).not.toBe(keyOf(other));
});
