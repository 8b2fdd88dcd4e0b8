import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compactSubjects } from '../../src/pages/subjects/compact.ts';
import { heldThatMatch } from '../../src/review/filter.ts';
import type { Held } from '../../src/review/held.ts';
import { question, world } from '../assignments/worlds.ts';

const plain = ({ role, scope }: Held) => ({ name: role.name, ordinal: role.ordinal, scope: scope?.components });

describe('what a subject holds that a filter asks for', () => {
  it('is the same of a subject of a large kept page, whose roles are made when somebody looks', async () => {
    await fc.assert(
      fc.asyncProperty(world(20), question, async (subjects, { type, role }) => {
        const filter = { ...(type !== undefined && { type }), ...(role !== undefined && { role }) };
        const told = (subject: (typeof subjects)[number]) => heldThatMatch(subject, filter).map(plain);
        expect((await compactSubjects(subjects)).map(told)).toEqual(subjects.map(told));
      }),
    );
  });
});
