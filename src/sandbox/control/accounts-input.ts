import { exactOptional, lazy, pipe, rawCheck, transform } from 'valibot';
import { uuidFrom, type NewUser, type PermissionSet, type User } from '../core/credentials/accounts.ts';
import { scopeFields, scopeOf, type Place } from '../world/world.ts';
import { fields, flag, listOf, oneOf, text, textsByName } from '../input/input.ts';

const maxUuidLength = 100;

/** A scope object of exactly one component: a place. */
export const place = (names: 'documented' | 'any' = 'documented') =>
  pipe(
    textsByName(text(maxUuidLength)),
    rawCheck(({ dataset, addIssue }) => {
      if (!dataset.typed) return;
      const set = Object.entries(dataset.value);
      for (const [key, value] of set) {
        if (names === 'any' || (scopeFields as readonly string[]).includes(key)) continue;
        addIssue({
          message: `unknown scope field; expected ${scopeFields.join(', ')}`,
          path: [{ type: 'object', origin: 'value', input: dataset.value, key, value }],
        });
      }
      if (set.length !== 1) addIssue({ message: 'expected exactly one scope field here' });
    }),
    transform((scope): Place => {
      const [[field, uuid] = ['', '']] = Object.entries(scope);
      return { field, uuid };
    }),
  );

const staticGroup = pipe(place(), transform(scopeOf));
const staticGroups = lazy((input) => (input === 'all' ? oneOf(['all']) : listOf(staticGroup)));
const names = listOf(text());

/** A permission set: all three of its parts. */
export const permissionSet = pipe(
  fields({ name: text(), staticGroups, functionality: names }),
  transform((set): PermissionSet => set),
);

/** What is to change in a permission set. */
export const permissionSetChange = fields({
  staticGroups: exactOptional(staticGroups),
  functionality: exactOptional(names),
});

/** What a new user starts with. */
export const newUser = pipe(
  fields({ name: text(), integrations: exactOptional(flag()), permissionSets: exactOptional(names) }),
  transform((user): NewUser => user),
);

export const integrations = fields({ integrations: flag() });
export const password = fields({ password: text() });

/** A user of a world file: one that is ready to be used unless the file says otherwise. */
export const writtenUser = pipe(
  fields({
    name: text(),
    password: exactOptional(text()),
    reference: exactOptional(text(maxUuidLength)),
    superuser: exactOptional(flag(), false),
    integrations: exactOptional(flag()),
    invitationAccepted: exactOptional(flag(), true),
    permissionSets: exactOptional(names, []),
  }),
  rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const { value } = dataset;
    if (value.invitationAccepted === (value.password !== undefined)) return;
    addIssue({
      message: value.invitationAccepted
        ? 'expected a text, got nothing'
        : 'who has not accepted the invitation has none',
      path: [{ type: 'object', origin: 'value', input: value, key: 'password', value: value.password }],
    });
  }),
  transform((user): User => ({
    name: user.name,
    password: user.password,
    reference: user.reference ?? uuidFrom(`user ${user.name}`),
    isSuperuser: user.superuser,
    integrations: user.integrations ?? !user.superuser,
    permissionSets: user.permissionSets,
  })),
);
