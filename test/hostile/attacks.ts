import type { HostileRequest } from './measured-gateway.ts';

// What broke version 0.1 (and what came to mind beside it), as requests. Each is as small as it can be for the harm that it did.

/** Fragments that nest, each of which spreads the next one below several aliases: few bytes, width^depth fields. */
export const multiplying = (width: number, depth: number, name = 'F'): string => {
  const steps = [
    ['Subject', 'roles'],
    ['ScopedRoleConnection', 'nodes'],
    ['ScopedRole', 'subject'],
  ] as const;
  const fragments = Array.from({ length: depth }, (_, level) => {
    const [type, field] = steps[level % 3] as (typeof steps)[number];
    const aliased = Array.from({ length: width }, (_, i) => `a${i}: ${field} { ...${name}${level + 1} }`);
    return `fragment ${name}${level} on ${type} { ${aliased.join(' ')} }`;
  });
  const [last] = steps[depth % 3] as (typeof steps)[number];
  return `{ subject(reference: "a") { ...${name}0 } } ${fragments.join(' ')} fragment ${name}${depth} on ${last} { __typename }`;
};

const repeated = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(' ');

/** The node id of a scope, which needs no upstream call. */
export const scopeId = (uuid: string): string =>
  Buffer.from(`5:Scope12:customerUuid${uuid.length}:${uuid}`).toString('base64url');

/** What is to be refused before anything runs, by name. None of it has a credential. */
export const refusals: Readonly<Record<string, HostileRequest>> = {
  'fragments that multiply one another, 3 wide': { body: { query: multiplying(3, 9) } },
  'fragments that multiply one another, 4 wide': { body: { query: multiplying(4, 9) } },
  'fragments that multiply one another, 5 wide': { body: { query: multiplying(5, 12) } },
  'a hundred errors behind as many line ends as there may be': {
    body: { query: `${'\n'.repeat(9_990)}{ ${repeated(190, (index) => `x${index}`)} }` },
  },
  'a syntax error behind half a million line ends': { body: { query: `${'\n'.repeat(90_000)}{ viewer {` } },
  'as many unknown fields as there may be tokens': { body: { query: `{ ${repeated(4_900, (i) => `x${i}`)} }` } },
  'unknown fields with names that are nearly known': {
    body: { query: `{ ${repeated(4_900, (i) => `subjectsByReferenc${i}`)} }` },
  },
  'fragments that conflict': {
    body: {
      query: `{ ${repeated(99, (i) => `...A${i}`)} } ${repeated(99, (i) => `fragment A${i} on Query { viewer { reference reference } a: role(name: "${i}") { name } }`)}`,
    },
  },
  'two hundred aliases of one name with different arguments': {
    body: { query: `{ ${repeated(190, (i) => `role(name: "${i}") { name }`)} }` },
  },
  'brackets that never end': { body: { query: '{ a '.repeat(4_900) } },
  'lists in lists in an argument': { body: { query: `{ nodes(ids: ${'['.repeat(2400)}${']'.repeat(2400)}) { id } }` } },
  'objects in objects in variables': {
    body: `{"query":"query ($a: [ID!]!) { nodes(ids: $a) { id } }","variables":{"a":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}}`,
  },
  'a variable that is wrong many thousand times': {
    body: { query: 'query ($a: [ID!]!) { nodes(ids: $a) { id } }', variables: { a: Array(100_000).fill(null) } },
  },
  'variables by the thousand': {
    body: { query: `query (${repeated(900, (i) => `$v${i}: [[[ID]]]`)}) { viewer { reference } }` },
  },
  'directives by the thousand': { body: { query: `{ viewer { reference ${'@skip(if: false) '.repeat(600)} } }` } },
  'a fragment that spreads itself': {
    body: {
      query: `{ ...A0 } ${repeated(99, (i) => `fragment A${i} on Query { ...A${(i + 1) % 99} ...A${(i * 7) % 99} }`)}`,
    },
  },
  'unused fragments that all spread one another': {
    body: {
      query: `{ viewer { reference } } ${repeated(60, (i) => `fragment A${i} on Query { ${repeated(60 - i - 1, (j) => `...A${i + j + 1}`)} __typename }`)}`,
    },
  },
  'a name of 90 kB': { body: { query: `query N${'a'.repeat(90_000)} { viewer { reference } }` } },
  'an alias of 190 letters a thousand times': {
    body: { query: `{ ${repeated(1_000, (i) => `${'b'.repeat(185)}${i}`)} }` },
  },
  'a text in blocks': { body: { query: `{ role(name: """${'\n "" '.repeat(9_000)}""") { nam } }` } },
  'a comment of 90 kB': { body: { query: `#${'x'.repeat(90_000)}\n{ nothing }` } },
  'operations by the dozen with one fragment': {
    body: {
      query: `${repeated(20, (i) => `query Q${i} { ...F }`)} fragment F on Query { ${repeated(150, (i) => `x${i}`)} }`,
    },
  },
};

/** What a caller without a credential may ask, and which answers from the arguments alone. */
export const withoutCredential: Readonly<Record<string, HostileRequest>> = {
  'one id of 100 kB a hundred times': {
    body: {
      query: `query ($a: ID!) { nodes(ids: [${'$a '.repeat(100)}]) { id ... on Scope { uuid components { uuid } } } }`,
      variables: { a: scopeId('a'.repeat(100_000)) },
    },
  },
  'one id of a kB a thousand times': {
    body: {
      query: `query ($a: ID!) { nodes(ids: [${'$a '.repeat(1000)}]) { id ... on Scope { uuid components { uuid } } } }`,
      variables: { a: scopeId('a'.repeat(900)) },
    },
  },
  'a thousand bad ids fifty times': {
    body: {
      query: `query ($a: [ID!]!) { ${repeated(50, (i) => `a${i}: nodes(ids: $a) { id }`)} }`,
      variables: { a: Array(1000).fill('x') },
    },
  },
  'a thousand references without a credential': {
    body: {
      query: `query ($a: [String!]!) { ${repeated(50, (i) => `a${i}: subjectsByReference(references: $a) { id }`)} }`,
      variables: { a: Array.from({ length: 1000 }, (_, i) => `r${i}`) },
    },
  },
  'a thousand empty references': {
    body: {
      query: `query ($a: [String!]!) { ${repeated(50, (i) => `a${i}: subjectsByReference(references: $a) { id }`)} }`,
      variables: { a: Array(1000).fill('') },
    },
  },
  'a long role name 98 times': {
    body: {
      query: `query ($a: String!) { ${repeated(98, (i) => `a${i}: role(name: $a) { id name }`)} }`,
      variables: { a: 'r'.repeat(200_000) },
    },
  },
  'introspection that multiplies': {
    body: {
      query: `{ __schema { types { ${repeated(14, (i) => `f${i}: fields { name description type { name fields { name description } } }`)} } } }`,
    },
  },
  'a large variable that nothing uses': {
    body: {
      query: 'query ($a: String) { viewer { reference } role(name: "a") { name } __typename @skip(if: false) }',
      variables: { a: 'x'.repeat(200_000) },
    },
  },
};

const everything =
  'edges { cursor node { id reference type rawType roles { edges { cursor node { id name isGlobal role { id name } scopes { edges { cursor node { id kind uuid components { kind field uuid } } } } } } } } }';

/** The worst that a caller with a credential may ask. */
export const legal: Readonly<Record<string, string>> = {
  'a page of 1000 with all fields': `{ subjects(first: 1000) { ${everything} } }`,
  'the last 1000': `{ subjects(last: 1000) { ${everything} } }`,
  'the same page 98 times': `{ ${repeated(98, (i) => `a${i}: subjects(first: 1000) { nodes { id } }`)} }`,
  'the same full page 55 times by one fragment': `{ ${repeated(55, (i) => `a${i}: subjects(first: 1000) { ...All }`)} } fragment All on SubjectConnection { ${everything} }`,
  'who has each of 60 roles': `{ ${repeated(60, (i) => `a${i}: role(name: "admin${i % 3 === 0 ? '' : i}") { subjects(first: 1000) { nodes { id reference } } }`)} }`,
  'subjects of scopes of roles of subjects':
    '{ subjects(first: 990) { nodes { roles(first: 3) { nodes { scopes(first: 3) { nodes { subjects(first: 100) { nodes { id } } } } } } } } }',
  'a thousand bad ids fifty times': `{ ${repeated(50, (i) => `a${i}: nodes(ids: [${'"x" '.repeat(90)}]) { id }`)} }`,
  'a thousand subjects that are not there': `{ subjectsByReference(references: [${repeated(1000, (i) => `"nobody ${i}"`)}]) { id } }`,
  '60 filters that nothing meets': `{ ${repeated(60, (i) => `a${i}: subjects(first: 1, filter: { roleName: "no such ${i}" }) { nodes { id } }`)} }`,
};
