import { exactOptional } from 'valibot';
import { createBodyCheck } from '../../input/body.ts';
import { fields, listOf, oneOf, text } from '../../input/input.ts';
import { scopeFields, subjectTypes } from '../../world/world.ts';

const maxTextLength = 10_000;
const anyText = exactOptional(text(maxTextLength, 0));
const scope = fields(Object.fromEntries(scopeFields.map((field) => [field, anyText])));

/** What is wrong with the body of `assignRole` or `revokeRole`, if anything. */
export const checkSubjectChange = createBodyCheck(
  fields({
    role: exactOptional(fields({ roleName: anyText, scopes: exactOptional(listOf(scope)) })),
    subjectReference: anyText,
    subjectType: exactOptional(oneOf(subjectTypes)),
  }),
);

/** What is wrong with the body of `POST /v2/roles`, if anything. */
export const checkCreateRole = createBodyCheck(
  fields({
    role: exactOptional(
      fields({
        name: anyText,
        displayName: anyText,
        description: anyText,
        permissionNames: exactOptional(listOf(text(maxTextLength, 0))),
      }),
    ),
  }),
);
