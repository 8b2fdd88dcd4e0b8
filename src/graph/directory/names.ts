import type { Named } from '../../directory/directory.ts';
import type { Resolution, Resolved } from '../../directory/resolved.ts';
import type { User } from '../../model/user.ts';
import { andThen } from '../../platform/maybe-promise.ts';
import type { Scope, Subject } from '../../model/subject.ts';
import type { GraphParts } from '../assignments/parts.ts';
import type { GraphBuilder } from '../builder.ts';
import { lookupCost } from '../field-facts.ts';

/** `Resolution`, and what subjects and scopes are called. Each fails alone: there is no name then, and `resolution` says why. Answers `Resolution`. */
export const defineNames = (builder: GraphBuilder, { types }: GraphParts) => {
  const resolution = builder.enumType('Resolution', {
    description: 'What came of looking for a name.',
    values: {
      FOUND: { description: 'The directory knows it. The name can be null all the same: some things have none.' },
      MISSING: { description: 'The directory answered, and does not know it: it was deleted, say.' },
      FORBIDDEN: { description: 'This part of the directory is closed to the credential.' },
      UNAVAILABLE: { description: 'The directory failed, is turned off, or the account has none.' },
      NO_SOURCE: { description: 'Nothing that can be asked names things of this kind.' },
    } as const,
  });

  builder.objectFields(types.subject, (t) => ({
    displayName: t.string({
      nullable: true,
      description:
        'What the user or device is called. Null where it has no name or none can be told: `resolution` says why.',
      extensions: lookupCost,
      resolve: (subject: Subject, _args, { directory }) => andThen(directory.nameOfSubject(subject), displayNameOf),
    }),
    email: t.string({
      nullable: true,
      description: 'The primary mail address of a user; null for everything else, and where none can be told.',
      extensions: lookupCost,
      resolve: ({ type, reference }: Subject, _args, { directory }) =>
        type === 'USER' ? andThen(directory.user(reference), emailOf) : null,
    }),
    resolution: t.field({
      type: resolution,
      description: 'What came of looking for the name. Costs nothing beside `displayName`.',
      extensions: lookupCost,
      resolve: (subject: Subject, _args, { directory }) => andThen(directory.nameOfSubject(subject), resolutionOf),
    }),
  }));

  builder.objectFields(types.scope, (t) => ({
    displayName: t.string({
      nullable: true,
      description:
        'What the narrowest thing that the scope names is called. A customer, MSP or site has the name of the device group that stands for it, if one of its uuid does. Null where there is no name or none can be told: `resolution` says why.',
      extensions: lookupCost,
      resolve: (scope: Scope, _args, { directory }) => andThen(directory.nameOfScope(scope), displayNameOf),
    }),
    resolution: t.field({
      type: resolution,
      description: 'What came of looking for the name. Costs nothing beside `displayName`.',
      extensions: lookupCost,
      resolve: (scope: Scope, _args, { directory }) => andThen(directory.nameOfScope(scope), resolutionOf),
    }),
  }));
  return resolution;
};

const displayNameOf = ({ value }: Resolved<Named>): string | null => value?.displayName ?? null;
const emailOf = ({ value }: Resolved<User>): string | null => value?.email ?? null;
const resolutionOf = ({ resolution }: Resolved<unknown>): Resolution => resolution;
