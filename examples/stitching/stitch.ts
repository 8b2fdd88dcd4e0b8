import { batchDelegateToSchema } from '@graphql-tools/batch-delegate';
import { delegateToSchema, type SubschemaConfig } from '@graphql-tools/delegate';
import { stitchSchemas } from '@graphql-tools/stitch';
import { type GraphQLSchema, print } from 'graphql';

/** What the stitched schema's resolvers are given: who asks. */
export interface StitchContext {
  readonly authorization: string;
}

type Rolescope = SubschemaConfig<unknown, unknown, unknown, StitchContext>;

/** Sends what is delegated to Rolescope, as the caller of the stitched schema. */
const createRolescopeExecutor =
  (url: string): NonNullable<Rolescope['executor']> =>
  async ({ document, variables, context }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: context?.authorization ?? '' },
      body: JSON.stringify({ query: print(document), variables }),
    });
    return response.json();
  };

/** People and devices from one source, their roles from Rolescope at `url`. `graph` is what schema/schema.graphql describes. */
export const stitch = (peopleAndDevices: GraphQLSchema, graph: GraphQLSchema, url: string): GraphQLSchema => {
  const rolescope: Rolescope = {
    schema: graph,
    executor: createRolescopeExecutor(url),
    // What is asked at the same time goes as one request.
    batch: true,
  };
  return stitchSchemas<StitchContext>({
    subschemas: [{ schema: peopleAndDevices }, rolescope],
    typeDefs: /* GraphQL */ `
      extend type Person {
        subject: Subject
      }
      extend type Contact {
        subject: Subject
      }
      extend type Machine {
        scope: Scope!
      }
    `,
    resolvers: {
      Person: {
        subject: {
          selectionSet: '{ uuid }',
          resolve: ({ uuid }: { uuid: string }, _args: object, context: StitchContext, info) =>
            batchDelegateToSchema({
              schema: rolescope,
              fieldName: 'subjectsByReference',
              key: uuid,
              argsFromKeys: (references) => ({ references }),
              // More at once are refused; two fields of one request are planned together all the same.
              dataLoaderOptions: { maxBatchSize: 1000 },
              context,
              info,
            }),
        },
      },
      Contact: {
        subject: {
          selectionSet: '{ email }',
          resolve: ({ email }: { email: string }, _args: object, context: StitchContext, info) =>
            batchDelegateToSchema({
              schema: rolescope,
              fieldName: 'subjectsByEmail',
              key: email,
              argsFromKeys: (emails) => ({ emails }),
              dataLoaderOptions: { maxBatchSize: 1000 },
              context,
              info,
            }),
        },
      },
      Machine: {
        scope: {
          selectionSet: '{ uuid }',
          resolve: ({ uuid }: { uuid: string }, _args: object, context: StitchContext, info) =>
            delegateToSchema({
              schema: rolescope,
              fieldName: 'scope',
              args: { by: { deviceUuid: uuid } },
              context,
              info,
            }),
        },
      },
    },
  });
};
