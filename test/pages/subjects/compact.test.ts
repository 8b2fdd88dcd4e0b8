import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSubject, type Scope, type Subject } from '../../../src/model/subject.ts';
import { packSubjects } from '../../../src/pages/subjects/codec.ts';
import { compactSubjects } from '../../../src/pages/subjects/compact.ts';
import { world } from '../../assignments/worlds.ts';

const plainScope = ({ kind, uuid, components }: Scope) => ({ kind, uuid, components });

/** All that a subject tells, whatever it is made of. */
const plain = ({ reference, type, rawType, roles }: Subject) => ({
  reference,
  type,
  rawType,
  roles: roles.map(({ name, ordinal, scopes }) => ({ name, ordinal, scopes: scopes.map(plainScope) })),
});

describe('compact subjects', () => {
  it('tell what the same subjects tell, also when they are written for Redis', () => {
    fc.assert(
      fc.property(world(40), (subjects) => {
        const compact = compactSubjects(subjects);
        expect(compact.map(plain)).toEqual(subjects.map(plain));
        expect(compact.every((subject) => subject.roles.every((role) => role.subject === subject))).toBe(true);
        expect(packSubjects(compact).subjects.map(([reference]) => reference)).toEqual(
          subjects.map(({ reference }) => reference),
        );
      }),
    );
  });

  it('number roles of one name, also of those who hold many', () => {
    const roles = Array.from({ length: 40 }, (_, index) => ({ name: `role ${index % 3}`, scopes: [] }));
    const [subject] = compactSubjects([createSubject('somebody', 'SUBJECT_TYPE_USER', roles)]);
    expect(subject?.roles.map(({ ordinal }) => ordinal)).toEqual(roles.map((_, index) => Math.floor(index / 3)));
  });

  it('are left as they are where they are compact already', () => {
    const compact = compactSubjects([createSubject('somebody', 'SUBJECT_TYPE_USER', [])]);
    expect(compactSubjects(compact)).toBe(compact);
  });
});
