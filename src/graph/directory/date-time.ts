import { GraphQLError } from 'graphql';
import type { GraphBuilder } from '../builder.ts';

/** `DateTime`: a moment, in ISO 8601 with milliseconds, in UTC. Resolves from a text of that form, as `toDateTime` makes it. */
export const defineDateTime = (builder: GraphBuilder) =>
  builder.scalarType('DateTime', {
    description: 'A moment in ISO 8601, in UTC, to the millisecond, such as 2026-11-26T09:30:00.000Z.',
    serialize: (value) => value,
    parseValue(value) {
      const moment = typeof value === 'string' ? readMoment(value) : undefined;
      if (moment === undefined) {
        throw new GraphQLError('A DateTime must be a moment in ISO 8601, such as 2026-11-26T09:30:00.000Z.', {
          extensions: { code: 'BAD_USER_INPUT' },
        });
      }
      return moment;
    },
  });

const isoForm = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;

const readMoment = (text: string): string | undefined => {
  const timeMs = isoForm.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(timeMs) ? undefined : new Date(timeMs).toISOString();
};

/** Before this nothing that upstream manages has ever reported: it means "never". */
const firstMomentMs = Date.UTC(2000, 0, 1);

/** A moment that upstream wrote, as the graph writes it. Null where it wrote none, or one that stands for "never". */
export const toDateTime = (text: string | null): string | null => {
  const moment = text === null ? undefined : readMoment(text);
  return moment === undefined || Date.parse(moment) < firstMomentMs ? null : moment;
};
