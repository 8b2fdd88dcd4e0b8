import { array, optional, picklist, strictObject, string } from 'valibot';
import { createBodyCheck } from '../../core/body.ts';
import { scopeFields, subjectTypes, type ScopeField } from '../../world/world.ts';

const text = optional(string());
const scope = strictObject(
  Object.fromEntries(scopeFields.map((field) => [field, text])) as Record<ScopeField, typeof text>,
);

/** What is wrong with the body of `assignRole` or `revokeRole`, if anything. */
export const checkSubjectChange = createBodyCheck(
  strictObject({
    role: optional(strictObject({ roleName: text, scopes: optional(array(scope)) })),
    subjectReference: text,
    subjectType: optional(picklist(subjectTypes)),
  }),
);

/** What is wrong with the body of `POST /v2/roles`, if anything. */
export const checkCreateRole = createBodyCheck(
  strictObject({
    role: optional(
      strictObject({
        name: text,
        displayName: text,
        description: text,
        permissionNames: optional(array(string())),
      }),
    ),
  }),
);
