import { parseWorld } from '../../src/sandbox/world/file/world-file.ts';
import { type RunningGateway, runGateway } from '../support/running-gateway.ts';

const numbered = (word: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${word}-${String(index).padStart(3, '0')}`);

/** References of the world's subjects, in upstream's order. */
export const references = numbered('person', 95);
/** Who holds all of `roleNames`; everybody else holds the first. */
export const roleHolder = 'person-040';
/** In upstream's order. */
export const roleNames = numbered('role', 23);

/** A gateway over people whose pages come out short and empty now and then. */
export const runPeopleGateway = (): Promise<RunningGateway> => {
  const subjects = references.map((subjectReference) => ({
    subjectReference,
    subjectType: 'SUBJECT_TYPE_USER',
    roles: roleNames
      .slice(0, subjectReference === roleHolder ? roleNames.length : 1)
      .map((roleName) => ({ roleName, scopes: [] })),
  }));
  return runGateway({ sandbox: { world: parseWorld({ subjects }), pageShape: { seed: 4 } } });
};

/** What every client asks of a connection. */
export interface ConnectionData {
  readonly edges: readonly {
    readonly node: { readonly id: string; readonly reference?: string; readonly name?: string };
  }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

/** What the nodes are called, in the connection's order. */
export const namesIn = ({ edges }: ConnectionData): (string | undefined)[] =>
  edges.map(({ node }) => node.reference ?? node.name);
