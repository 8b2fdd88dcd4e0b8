import { exactOptional } from 'valibot';
import { fields, integer, listOf, text } from '../input/input.ts';

const uuid = text(100);

/** A device that is to be added. */
export const newDevice = fields({
  displayName: text(200, 0),
  uuid: exactOptional(uuid),
  groupUuid: exactOptional(uuid),
});

/** What is to change in a device. */
export const deviceChange = fields({ displayName: exactOptional(text(200, 0)), groupUuid: exactOptional(uuid) });

/** Which users are to be deleted, and when. */
export const leaving = fields({ uuids: exactOptional(listOf(uuid)), afterCalls: exactOptional(integer(0, 1e9)) });
