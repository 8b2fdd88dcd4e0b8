import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import DataLoader from 'dataloader';
import { createSchema, createYoga } from 'graphql-yoga';
import { Pool } from 'undici';

/** A gateway as one would write it in an afternoon: Yoga, resolvers, a DataLoader. It keeps nothing and checks nothing. */

interface WireScope {
  readonly [field: string]: string;
}
interface WireRole {
  readonly roleName: string;
  readonly scopes?: readonly WireScope[];
}
interface WireSubject {
  readonly subjectReference: string;
  readonly subjectType?: string;
  readonly roles?: readonly WireRole[];
}
interface WirePage {
  readonly assignments?: readonly WireSubject[];
  readonly nextPageToken?: string;
  readonly totalSize?: string;
}
interface Context {
  readonly readPage: (query: Record<string, string>) => Promise<WirePage>;
  readonly subjects: DataLoader<string, WireSubject | null>;
}

const upstream = new Pool(process.argv[2] as string, { connections: 64, pipelining: 1 });

const createContext = ({ request }: { readonly request: Request }): Context => {
  const readPage = async (query: Record<string, string>): Promise<WirePage> => {
    const { statusCode, body } = await upstream.request({
      method: 'GET',
      path: `/v2/role-assignments?${new URLSearchParams(query).toString()}`,
      headers: { authorization: request.headers.get('authorization') ?? '', accept: 'application/json' },
    });
    if (statusCode !== 200) throw new Error(`upstream answered ${statusCode}`);
    return (await body.json()) as WirePage;
  };
  const subjects = new DataLoader(async (references: readonly string[]) =>
    Promise.all(
      references.map(async (subjectReference) => (await readPage({ subjectReference })).assignments?.[0] ?? null),
    ),
  );
  return { readPage, subjects };
};

const schema = createSchema<Context>({
  typeDefs: /* GraphQL */ `
    type Query {
      subjects(first: Int = 50, pageToken: String = ""): SubjectPage!
      subject(reference: String!): Subject
    }
    type SubjectPage {
      nodes: [Subject!]!
      nextPageToken: String
      totalCount: Int
    }
    type Subject {
      reference: String!
      type: SubjectType!
      roles: RolePage!
    }
    type RolePage {
      nodes: [ScopedRole!]!
    }
    type ScopedRole {
      name: String!
      isGlobal: Boolean!
      scopes: ScopePage!
    }
    type ScopePage {
      nodes: [Scope!]!
    }
    type Scope {
      kind: ScopeKind!
      uuid: ID!
    }
    enum SubjectType {
      UNSPECIFIED
      USER
      DEVICE
      USER_GROUP
      MANAGED_IDENTITY
      SERVICE
    }
    enum ScopeKind {
      ASSET_GROUP
      CUSTOMER
      DEVICE
      MSP
      POLICY
      SITE
      SUBSCRIPTION
      TENANT
      USER
    }
  `,
  resolvers: {
    Query: {
      subjects: (_root, { first, pageToken }: { first: number; pageToken: string }, { readPage }: Context) =>
        readPage({ pageSize: String(first), ...(pageToken === '' ? {} : { pageToken }) }),
      subject: (_root, { reference }: { reference: string }, { subjects }: Context) => subjects.load(reference),
    },
    SubjectPage: {
      nodes: (page: WirePage) => page.assignments ?? [],
      nextPageToken: (page: WirePage) => page.nextPageToken || null,
      totalCount: (page: WirePage) => Number(page.totalSize),
    },
    Subject: {
      reference: (subject: WireSubject) => subject.subjectReference,
      type: (subject: WireSubject) => (subject.subjectType ?? 'SUBJECT_TYPE_UNSPECIFIED').slice('SUBJECT_TYPE_'.length),
      roles: (subject: WireSubject) => ({ nodes: subject.roles ?? [] }),
    },
    ScopedRole: {
      name: (role: WireRole) => role.roleName,
      isGlobal: (role: WireRole) => (role.scopes ?? []).length === 0,
      scopes: (role: WireRole) => ({ nodes: role.scopes ?? [] }),
    },
    Scope: {
      kind: (scope: WireScope) =>
        (Object.keys(scope)[0] ?? '')
          .replace(/Uuid$/, '')
          .replaceAll(/[A-Z]/g, (letter) => `_${letter}`)
          .toUpperCase(),
      uuid: (scope: WireScope) => Object.values(scope)[0] ?? '',
    },
  },
});

const yoga = createYoga<object, Context>({ schema, context: createContext, logging: false });
const server = createServer((request, response) => void yoga(request, response));
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
