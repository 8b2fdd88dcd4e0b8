import { GatewayError } from '../model/errors.ts';
import type { RoleDefinition } from '../model/role-change.ts';
import { createRole as endpoint } from '../upstream/endpoints/roles.ts';
import { problemOf } from './change.ts';
import { noTime } from './no-time.ts';
import { checkRights } from './rights.ts';
import { createSentNote } from './sent-note.ts';
import type { WriteParts } from './write-parts.ts';
import { createWriteTime } from './write-time.ts';
import type { CreatedRole } from './writes.ts';

/**
 * Makes a role with one write. There is no way to look afterwards, because upstream lets no role be read: a lost answer stays unknown, and the write is
 * not sent again.
 */
export const createRole = async (parts: WriteParts, given: RoleDefinition): Promise<CreatedRole> => {
  const { operation, audit, clock, settleMs, upstream, trace = (_name, _operation, work) => work() } = parts;
  checkRights(parts);
  const definition = { ...given, permissionNames: [...new Set(given.permissionNames)] };
  // What cannot be sent says so itself.
  endpoint.request(definition);
  await audit.check();
  const startedAtMs = clock.nowMs();
  const time = createWriteTime({ operation, clock, settleMs, changes: 1 });
  const sent = createSentNote(parts);
  let result: CreatedRole;
  let status: 'CHANGED' | 'FAILED' | 'UNKNOWN' = 'FAILED';
  try {
    if (!time.mayBegin()) return { name: null, problem: noTime };
    const { value, requestId } = await trace('change createRole', operation, () =>
      upstream.call(endpoint, definition, time.writing),
    );
    await sent.note(requestId);
    status = 'CHANGED';
    result = { name: value.name, problem: null };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.outcome === 'unknown') {
      await sent.note(error.requestId);
      status = 'UNKNOWN';
    }
    result = { name: null, problem: problemOf(status === 'UNKNOWN' ? lost(error) : error) };
  } finally {
    time.close();
  }
  const requestId = sent.requestId();
  await audit.note(operation, {
    kind: 'createRole',
    status,
    role: result.name ?? definition.name,
    permissions: definition.permissionNames,
    ...(result.problem !== null && { code: result.problem.code }),
    ...(requestId !== undefined && { upstreamRequestId: requestId }),
    durationMs: clock.nowMs() - startedAtMs,
  });
  return result;
};

const lost = ({ code }: GatewayError): GatewayError =>
  new GatewayError(
    code,
    "The outcome is unknown: ESET Connect's answer was lost, and the role may have been made or not. It was not sent again. Look for the role among the permission sets of the ESET console before anything else: a second attempt that is refused because the name is taken does not tell who took it.",
    { outcome: 'unknown' },
  );
