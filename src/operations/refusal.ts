import type { GraphQLError } from 'graphql';

/** A request that is not what GraphQL over HTTP asks for. The message is for clients. */
export class MalformedRequest extends Error {
  override readonly name = 'MalformedRequest';
}

/** A request for something that only POST may do. */
export class ReadOnlyRequest extends Error {
  override readonly name = 'ReadOnlyRequest';
}

/** A request for events from a client that does not take any. */
export class EventsNotAccepted extends Error {
  override readonly name = 'EventsNotAccepted';
}

/** What GraphQL itself finds wrong with a document or its variables. Never empty. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  readonly errors: readonly GraphQLError[];

  constructor(errors: readonly GraphQLError[]) {
    super('The document or its variables are not valid.');
    this.errors = errors;
  }
}
