import { createBodyCheck } from '../../input/body.ts';
import { fields, listOf, text } from '../../input/input.ts';

const maxUuidLength = 100;

/** What is wrong with the body of `batchGetUsers`, if anything: it is one list of texts and nothing else. */
export const checkBatch = createBodyCheck(fields({ usersUuids: listOf(text(maxUuidLength, 0)) }));
