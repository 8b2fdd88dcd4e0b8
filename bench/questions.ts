import { readFileSync } from 'node:fs';
import type { Ask } from './load.ts';
import { graphqlAsk } from './queries.ts';

// What only the gateway can be asked. Each question has a part that is different each time and costs nothing, the handle on a role of another name: otherwise
// the gateway would soon give its whole answer again, and none of what made it would be measured.

const anew = 'role(name: $nth) { name }';

/** A page of 50 with the names of its subjects and of their scopes. */
export const namedPage = (after: string | undefined, nth: number): Ask =>
  graphqlAsk(
    `query Named($after: String, $nth: String!) { ${anew} subjects(first: 50, after: $after) { totalCount nodes { reference type displayName resolution roles { nodes { name isGlobal scopes { nodes { kind uuid displayName } } } } } pageInfo { hasNextPage endCursor } } }`,
    { after: after ?? null, nth: String(nth) },
  );

/** The roles and scopes with most holders. */
export const censusQuestion = (nth: number): Ask =>
  graphqlAsk(
    `query Census($nth: String!) { ${anew} census { asOf subjectCount roles(first: 20) { totalCount edges { holderCount node { name } } } scopes(first: 20) { totalCount edges { holderCount node { kind uuid } } } } }`,
    { nth: String(nth) },
  );

/** The first page of everyone who can act at a site, each with every reason. */
export const accessAt = (site: string, nth: number): Ask =>
  graphqlAsk(
    `query Access($site: ID!, $nth: String!) { ${anew} scope(by: { siteUuid: $site }) { access(first: 50) { totalCount edges { node { reference type } reasons { kind scopedRole { name } path { kind uuid } memberOf { uuid } } } } } }`,
    { site, nth: String(nth) },
  );

let overview: string | undefined;

/** What the console's overview asks, as its source has it. */
export const overviewOfConsole = (nth: number): Ask => {
  if (overview === undefined) {
    const source = readFileSync(new URL('../../../console/src/pages/overview/page.tsx', import.meta.url), 'utf8');
    const asked = /graphql`\s*query pageOverviewQuery \{(.*?)`/s.exec(source)?.[1];
    if (asked === undefined) throw new Error('the console asks its overview otherwise: mend bench/questions.ts');
    overview = `query Overview($nth: String!) { ${anew} ${asked}`;
  }
  return graphqlAsk(overview, { nth: String(nth) });
};

/** One row for each grant and scope, of the whole account. */
export const exportOfAll: Ask = { path: '/export?names=false&format=csv' };
