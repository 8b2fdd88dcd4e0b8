import {
  createOperationDescriptor,
  Environment,
  getPaginationMetadata,
  getPaginationVariables,
  getSingularSelector,
  type ConcreteRequest,
  Network,
  type OperationDescriptor,
  type ReaderFragment,
  RecordSource,
  Store,
} from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningGateway } from '../support/running-gateway.ts';
import { type ConnectionData, namesIn, references, roleHolder, roleNames, runPeopleGateway } from './people.ts';
import { compileRelayProject, type RelayProject } from './relay-project.ts';

const paging = `first: { type: "Int" }, after: { type: "String" }, last: { type: "Int" }, before: { type: "String" }`;
const pass = 'first: $first, after: $after, last: $last, before: $before';
const variables = '$first: Int, $after: String, $last: Int, $before: String';

const documents = [
  `query DirectorySubjectsQuery(${variables}) { ...Directory_subjects @arguments(${pass}) }`,
  `fragment Directory_subjects on Query @refetchable(queryName: "DirectorySubjectsPageQuery") @argumentDefinitions(${paging}) {
    subjects(${pass}) @connection(key: "Directory_subjects") { edges { node { id reference } } }
  }`,
  `query DirectoryRolesQuery(${variables}) {
    subject(reference: "${roleHolder}") { ...Directory_roles @arguments(${pass}) }
  }`,
  `fragment Directory_roles on Subject @refetchable(queryName: "DirectoryRolesPageQuery") @argumentDefinitions(${paging}) {
    id
    roles(${pass}) @connection(key: "Directory_roles") { edges { node { id name } } }
  }`,
];

interface Pages {
  /** The connection as Relay's store has put it together so far. */
  readonly connection: () => ConnectionData;
  readonly load: (direction: 'forward' | 'backward', count: number) => Promise<void>;
}

let gateway: RunningGateway;
let project: RelayProject;
beforeAll(async () => {
  [gateway, project] = await Promise.all([runPeopleGateway(), compileRelayProject(documents)]);
});
afterAll(() => Promise.all([gateway.close(), project.remove()]));

const createEnvironment = () =>
  new Environment({
    store: new Store(new RecordSource()),
    network: Network.create(async ({ text }, sent) => {
      const answer = await gateway.ask(text as string, sent);
      expect(answer.errors).toBeUndefined();
      return answer as never;
    }),
  });

/** Does what `usePaginationFragment` does, without React. */
const openPages = async (name: 'subjects' | 'roles', first: object): Promise<Pages> => {
  const environment = createEnvironment();
  const [query, fragmentName] =
    name === 'subjects' ? ['DirectorySubjectsQuery', 'Directory_subjects'] : ['DirectoryRolesQuery', 'Directory_roles'];
  const fragment = project.artifact(fragmentName) as ReaderFragment;
  const execute = (operation: OperationDescriptor) => {
    environment.retain(operation);
    return environment.execute({ operation }).toPromise();
  };
  const root = createOperationDescriptor(project.artifact(query) as ConcreteRequest, first);
  await execute(root);

  const owner = environment.lookup(root.fragment).data as Record<string, object>;
  const parent = name === 'subjects' ? owner : owner['subject'];
  const selector = getSingularSelector(fragment, parent);
  const read = () => environment.lookup(selector).data as { id?: string } & Record<string, ConnectionData>;
  const connection = () => read()[name] as ConnectionData;
  const { paginationRequest, paginationMetadata, identifierField } = getPaginationMetadata(fragment, 'test');

  const load = async (direction: 'forward' | 'backward', count: number) => {
    const { startCursor, endCursor } = connection().pageInfo;
    const cursor = direction === 'forward' ? endCursor : startCursor;
    const page = getPaginationVariables(direction, count, cursor, selector.variables, {}, paginationMetadata);
    const identity = identifierField == null ? {} : { id: read().id };
    await execute(createOperationDescriptor(paginationRequest, { ...page, ...identity }));
  };
  return { connection, load };
};

const lists = { subjects: references, roles: roleNames };

describe.each(Object.entries(lists) as ['subjects' | 'roles', string[]][])(
  "relay-runtime's store, over %s",
  (name, all) => {
    it.each([1, 7, 50])('loads next pages of %i to the end', async (size) => {
      const { connection, load } = await openPages(name, { first: size });
      while (connection().pageInfo.hasNextPage) {
        const { length } = connection().edges;
        await load('forward', size);
        expect(connection().edges.length).toBeGreaterThan(length);
      }
      expect(namesIn(connection())).toEqual(all);
      expect(new Set(connection().edges.map(({ node }) => node.id)).size).toBe(all.length);
    });

    it.each([1, 7, 50])('loads previous pages of %i to the start', async (size) => {
      const { connection, load } = await openPages(name, { last: size });
      while (connection().pageInfo.hasPreviousPage) {
        const { length } = connection().edges;
        await load('backward', size);
        expect(connection().edges.length).toBeGreaterThan(length);
      }
      expect(namesIn(connection())).toEqual(all);
    });

    it('loads both ways from the middle', async () => {
      const start = await openPages(name, { first: 10 });
      const middle = start.connection().pageInfo.endCursor;
      const { connection, load } = await openPages(name, { last: 4, before: middle });
      expect(namesIn(connection())).toEqual(all.slice(5, 9));
      while (connection().pageInfo.hasPreviousPage) await load('backward', 3);
      expect(namesIn(connection())).toEqual(all.slice(0, 9));
      await load('forward', 5);
      while (connection().pageInfo.hasNextPage) await load('forward', 5);
      expect(namesIn(connection())).toEqual(all);
    });
  },
);

describe('the Relay compiler', () => {
  it('refuses a connection that cannot be paged', async () => {
    const wrong = `fragment Directory_query on Query @refetchable(queryName: "DirectoryPageQuery") {
      subjectsByReference(references: []) @connection(key: "Directory_subjectsByReference") { id }
    }`;
    await expect(compileRelayProject([wrong])).rejects.toThrow(/@connection/);
  });

  it('names the fields that a next page is asked by', () => {
    const { metadata } = project.artifact('Directory_roles') as ReaderFragment;
    expect(metadata?.refetch).toMatchObject({
      connection: { forward: { count: 'first', cursor: 'after' }, backward: { count: 'last', cursor: 'before' } },
      identifierInfo: { identifierField: 'id' },
    });
  });
});
