import type { MadeUpPlaces } from '../made-up-places.ts';
import type { UuidNames } from '../uuid-names.ts';
import type { Objects } from './directory.ts';
import { inListOrder } from './list-order.ts';
import { perCustomer, slotOfExtra, slotOfSubject, staffAt } from './made-up-ground.ts';
import { objectKinds } from './object-kinds.ts';

interface MadeUpSlots extends Pick<Objects<never>, 'capacity' | 'slots' | 'slotOf'> {
  readonly uuidAt: (slot: number) => string;
}

const kinds = { users: objectKinds.user, devices: objectKinds.device } as const;

/** Where the users or the devices are, and what their uuids are: an entry of the assignments has the one that it has there. `isThere`: whether a slot is filled. */
export const createMadeUpSlots = (
  kind: 'users' | 'devices',
  { places, names }: { readonly places: MadeUpPlaces; readonly names: UuidNames },
  isThere: (slot: number) => boolean,
): MadeUpSlots => {
  const capacity = places.customers * perCustomer[kind];
  return {
    capacity,
    *slots() {
      for (const slot of inListOrder(capacity)) if (isThere(slot)) yield slot;
    },
    slotOf(uuid) {
      const subject = places.subjectIndexOf(uuid);
      const named = subject === undefined ? names.read(uuid) : undefined;
      const slot =
        subject !== undefined
          ? slotOfSubject(kind, subject)
          : named?.kind === kinds[kind]
            ? slotOfExtra(kind, named.index)
            : undefined;
      return slot !== undefined && slot < capacity && isThere(slot) ? slot : undefined;
    },
    uuidAt(slot) {
      const { subject, ordinal } = staffAt(kind, slot);
      return subject === undefined ? names.uuidOf(kinds[kind], ordinal) : places.subjectUuid(subject);
    },
  };
};
