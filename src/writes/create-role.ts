import { GatewayError } from '../model/errors.ts';
import type { RoleDefinition } from '../model/role-change.ts';
import { createRole as endpoint } from '../upstream/endpoints/roles.ts';
import { beginAttempt } from './attempt.ts';
import { type ChangeStatus, problemOf } from './change.ts';
import { noTime } from './no-time.ts';
import { checkRights } from './rights.ts';
import type { WriteParts } from './write-parts.ts';
import { createWriteTime } from './write-time.ts';
import type { CreatedRole } from './writes.ts';

/**
 * Makes a role with one write. There is no way to look afterwards, because upstream lets no role be read: a lost answer stays unknown, and the write is
 * not sent again.
 */
export const createRole = async (parts: WriteParts, given: RoleDefinition): Promise<CreatedRole> => {
  const { operation, audit, clock, settleMs, upstream, trace } = parts;
  checkRights(parts);
  const definition = { ...given, permissionNames: [...new Set(given.permissionNames)] };
  // What cannot be sent says so itself.
  endpoint.request(definition);
  await audit.check();
  const attempt = beginAttempt(parts);
  const time = createWriteTime({ operation, clock, settleMs, changes: 1 });
  const end = async (status: ChangeStatus, { name, problem }: CreatedRole): Promise<CreatedRole> => {
    const role = name ?? definition.name;
    await attempt.end({ kind: 'createRole', status, role, permissions: definition.permissionNames, problem });
    return { name, problem };
  };
  try {
    if (!time.mayBegin()) return { name: null, problem: noTime };
    const { value, requestId } = await trace('change createRole', operation, () =>
      upstream.call(endpoint, definition, time.writing),
    );
    await attempt.onSent(requestId);
    return await end('CHANGED', { name: value.name, problem: null });
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.outcome !== 'unknown') return await end('FAILED', { name: null, problem: problemOf(error) });
    await attempt.onSent(error.requestId);
    return await end('UNKNOWN', { name: null, problem: problemOf(lost(error)) });
  } finally {
    time.close();
  }
};

const lost = ({ code }: GatewayError): GatewayError =>
  new GatewayError(
    code,
    "The outcome is unknown: ESET Connect's answer was lost, and the role may have been made or not. It was not sent again. Look for the role among the permission sets of the ESET console before anything else: a second attempt that is refused because the name is taken does not tell who took it.",
    { outcome: 'unknown' },
  );
