import { Problem } from '../core/problem.ts';
import type { Call, List } from '../core/route.ts';
import type { ObjectKind, Objects } from '../world/directory/directory.ts';
import type { DirectoryState } from '../world/directory/directory-state.ts';

/** A list of the objects in these slots. Rows may come again at the border of pages: no list of the directory has an order. */
export const listOfSlots = (field: string, slots: Uint32Array, { at, writeAt }: Objects<unknown>): List => ({
  field,
  size: slots.length,
  rows(from, to) {
    const page = Array.from(slots.subarray(from, to));
    if (writeAt === undefined) return JSON.stringify(page.map((slot) => at(slot)));
    return ['[', ...page.flatMap((slot, i) => (i === 0 ? writeAt(slot) : [',', ...writeAt(slot)])), ']'];
  },
  mayRepeatRows: true,
});

/** One object. What lies outside of the caller's static groups is as unknown as what is not there: 404. */
export const answerObject = (directory: DirectoryState, kind: ObjectKind, call: Call, uuid: string): unknown => {
  const slot = directory.find(kind, uuid, call.places);
  if (slot === undefined) throw new Problem(404, 'there is no such object');
  return directory.current()[kind].at(slot);
};

/**
 * All objects of a batch in the order asked, or none of them. Which one is unknown is not told. Both an unknown one and one
 * that is named twice are handled as the readings say.
 */
export const answerBatch = (
  directory: DirectoryState,
  kind: ObjectKind,
  call: Call,
  uuids: readonly string[],
): readonly unknown[] => {
  const { settings, places } = call;
  if (uuids.length === 0) throw new Problem(400, 'the batch names nothing');
  if (settings.repeatedInBatch === 'refused' && new Set(uuids).size < uuids.length) {
    throw new Problem(400, 'the batch names something more than once');
  }
  const objects = directory.current()[kind];
  return uuids.map((uuid) => {
    const slot = directory.find(kind, uuid, places);
    if (slot === undefined) throw new Problem(settings.unknownInBatch, 'the batch cannot be answered');
    return objects.at(slot);
  });
};
