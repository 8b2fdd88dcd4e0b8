import fc from 'fast-check';

/** Things of the graph that lead back to themselves: type, a field, and the type of what it gives. */
const steps = [
  ['Query', 'subjects(first: 2)', 'SubjectConnection'],
  ['SubjectConnection', 'nodes', 'Subject'],
  ['Subject', 'roles', 'ScopedRoleConnection'],
  ['ScopedRoleConnection', 'nodes', 'ScopedRole'],
  ['ScopedRole', 'subject', 'Subject'],
  ['ScopedRole', 'scopes', 'ScopeConnection'],
  ['ScopeConnection', 'nodes', 'Scope'],
  ['Scope', 'subjects', 'ScopeSubjectConnection'],
  ['ScopeSubjectConnection', 'nodes', 'Subject'],
] as const;

const leaves: Readonly<Record<string, string>> = {
  Query: 'viewer { reference }',
  Subject: 'id reference',
  ScopedRole: 'name isGlobal',
  Scope: 'uuid kind',
};

/** Most parts of a document are small, so that one that is stretched is refused, if it is, for what is stretched in it. */
const few = (max: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 }) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max }) },
  );

/** How one document is made: numbers alone, so that a slow one is made smaller again. */
const shape = fc.record({
  fragments: few(105),
  spreadsEach: few(30),
  aliasesEach: few(12),
  fieldsEach: few(40),
  directives: few(110),
  variables: few(300),
  operations: few(21),
  ids: few(1200),
  idLength: few(60),
  lines: fc.constantFrom(0, 0, 0, 0, 0, 100, 9000, 10_001),
  nameLength: fc.constantFrom(1, 1, 1, 8, 150, 190, 201),
  nesting: few(8),
  inlineNesting: few(12),
  unknown: fc.oneof(
    { weight: 6, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 0, max: 300 }) },
  ),
  salt: fc.integer({ min: 0, max: 1_000_000 }),
});

const times = (count: number, each: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => each(index)).join(' ');

/** Documents of everything that costs time to look at: fragments, aliases, names, white space, directives, variables, lists, ids. */
export const slowDocument: fc.Arbitrary<string> = shape.map((made) => {
  const name = (kind: string, index: number): string => `${kind}${index}_${'n'.repeat(made.nameLength)}`;
  const typeAt = (index: number) => steps[(index + made.salt) % steps.length] as (typeof steps)[number];
  // Forwards alone, so that it is no circle, and only to what fits, so that it may run.
  const spreadsFrom = (index: number, type: string): string =>
    times(made.spreadsEach, (n) => {
      const to = index + 1 + ((n * steps.length + made.salt) % Math.max(1, made.fragments - index));
      const fitting = Array.from({ length: steps.length }, (_, k) => to + k).find((k) => typeAt(k)[0] === type);
      return fitting === undefined || fitting >= made.fragments ? '' : `...${name('F', fitting)}`;
    });
  const fragments = times(made.fragments, (index) => {
    const [type, field, target] = typeAt(index);
    const aliased = times(
      made.aliasesEach,
      (n) => `${name('a', n)}: ${field} { ${leaves[target] ?? '__typename'} ${spreadsFrom(index, target)} }`,
    );
    const plain = times(made.fieldsEach, (n) => (n % 5 === 0 ? `x${n}: __typename` : '__typename'));
    return `fragment ${name('F', index)} on ${type} { __typename ${plain} ${aliased} ${spreadsFrom(index, type)} }`;
  });
  const inRoot = times(made.fragments, (index) => {
    const path = pathTo(typeAt(index)[0]);
    return `${path.map((field) => `r${index}: ${field} { `).join('')} ...${name('F', index)} ${'} '.repeat(path.length)}`;
  });
  const nested = `subject(reference: "a") { ${'roles { nodes { subject { '.repeat(made.nesting)} id ${'} } } '.repeat(made.nesting)} }`;
  const inline = `${'... on Query { '.repeat(made.inlineNesting)} __typename ${'} '.repeat(made.inlineNesting)}`;
  const ids = `nodes(ids: [${times(made.ids, (n) => `"${'i'.repeat(made.idLength)}${n % 7}"`)}]) { id }`;
  const unknown = times(made.unknown, (n) => name('subject', n));
  const directives = times(made.directives, (n) =>
    n % 2 === 0 ? '... @include(if: true) { __typename }' : '... @skip(if: false) { __typename }',
  );
  const variables = made.variables === 0 ? '' : `(${times(made.variables, (n) => `$v${n}: [ID!]! = ["a"]`)})`;
  const used = times(made.variables, (n) => `v${n}: nodes(ids: $v${n}) { id }`);
  const operations = times(
    made.operations,
    (n) => `query ${name('Q', n)} { viewer { reference } ${n % 2 === 0 ? nested : inRoot} }`,
  );
  return `${'\n'.repeat(made.lines)}query Q ${variables} { __typename ${inline} ${directives} ${nested} ${ids} ${inRoot} ${unknown} ${used} } ${operations} ${fragments} # ${made.salt}`;
});

/** Fields that lead from the root to a type. */
const pathTo = (type: string): string[] => {
  const paths: Readonly<Record<string, string[]>> = {
    Query: [],
    SubjectConnection: ['subjects'],
    Subject: ['subjects', 'nodes'],
    ScopedRoleConnection: ['subjects', 'nodes', 'roles'],
    ScopedRole: ['subjects', 'nodes', 'roles', 'nodes'],
    ScopeConnection: ['subjects', 'nodes', 'roles', 'nodes', 'scopes'],
    Scope: ['subjects', 'nodes', 'roles', 'nodes', 'scopes', 'nodes'],
    ScopeSubjectConnection: ['subjects', 'nodes', 'roles', 'nodes', 'scopes', 'nodes', 'subjects'],
  };
  return paths[type] ?? [];
};
