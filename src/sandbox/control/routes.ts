import { readNewUser, readPermissionSet, readPermissionSetChange } from './accounts-input.ts';
import { answerJson, type Answer } from '../core/answer.ts';
import type { SandboxControl } from './control.ts';
import type { HttpRequest } from '../core/http-server.ts';
import { present, readInput, SandboxInputError, type Input } from './input.ts';
import { Problem } from '../core/problem.ts';
import { readFault, readSettings } from './settings-input.ts';
import type { DirectoryControl } from '../world/directory/directory-state.ts';
import type { Transcript } from '../core/transcript.ts';

/** Where the control interface lives: outside every path of the contract. */
export const controlPrefix = '/sandbox/';

/** What a route is given: the names in its path, the body, and who acts. */
interface ControlCall {
  readonly names: readonly string[];
  readonly actor: string | undefined;
  /** Reads the JSON body. */
  read<Result>(read: (input: Input) => Result): Result;
}

type Route = readonly [method: string, path: string, run: (call: ControlCall) => unknown];

/** Answers the control interface's requests. */
export const createControlRoutes = (
  control: SandboxControl,
  transcript: Pick<Transcript, 'list' | 'clear'>,
): ((request: HttpRequest) => Promise<Answer>) => {
  const name = ({ names }: ControlCall, nth = 0): string => names[nth] ?? '';
  const routes: readonly Route[] = [
    ['GET', 'users', () => control.users()],
    ['POST', 'users', (call) => control.actingAs(call.actor).createUser(call.read(readNewUser))],
    [
      'PATCH',
      'users/*',
      (call) => control.actingAs(call.actor).setIntegrations(name(call), call.read(readIntegrations)),
    ],
    ['DELETE', 'users/*', (call) => control.actingAs(call.actor).removeUser(name(call))],
    ['POST', 'users/*/accept-invitation', (call) => control.acceptInvitation(name(call), call.read(readPassword))],
    ['PUT', 'users/*/permission-sets/*', (call) => control.actingAs(call.actor).assign(name(call), name(call, 1))],
    ['DELETE', 'users/*/permission-sets/*', (call) => control.actingAs(call.actor).unassign(name(call), name(call, 1))],
    ['GET', 'permission-sets', () => control.permissionSets()],
    [
      'POST',
      'permission-sets',
      (call) => control.actingAs(call.actor).createPermissionSet(call.read(readPermissionSet)),
    ],
    [
      'PATCH',
      'permission-sets/*',
      (call) => control.actingAs(call.actor).changePermissionSet(name(call), call.read(readPermissionSetChange)),
    ],
    ['DELETE', 'permission-sets/*', (call) => control.actingAs(call.actor).removePermissionSet(name(call))],
    ['GET', 'settings', () => control.settings()],
    ['PATCH', 'settings', (call) => control.configure(call.read(readSettings))],
    ['GET', 'faults', () => control.faults()],
    ['POST', 'faults', (call) => control.addFault(call.read(readFault))],
    ['PUT', 'faults', (call) => control.setFaults(call.read((input) => input.items().map(readFault)))],
    ['DELETE', 'faults', () => control.setFaults([])],
    ['GET', 'transcript', () => transcript.list()],
    ['DELETE', 'transcript', () => transcript.clear()],
    ['POST', 'devices', async (call) => ({ uuid: (await control.directory()).addDevice(call.read(readNewDevice)) })],
    [
      'PATCH',
      'devices/*',
      async (call) => changeDevice(await control.directory(), name(call), call.read(readDeviceChange)),
    ],
    ['DELETE', 'devices/*', async (call) => (await control.directory()).removeDevice(name(call))],
    ['POST', 'people-leave', async (call) => (await control.directory()).deleteUsers(call.read(readLeaving))],
    ['POST', 'revoke-tokens', () => control.revokeTokens()],
    ['POST', 'reset', () => control.reset()],
  ];

  return async (request) => {
    try {
      refuseStrangers(request);
      const steps = decodePath(request.path.slice(controlPrefix.length));
      const matching = routes.filter(([, path]) => matches(path.split('/'), steps));
      if (matching.length === 0) throw new Problem(404, 'The control interface has no such path.');
      const route = matching.find(([method]) => method === request.method);
      if (route === undefined) {
        throw new Problem(405, `Only ${matching.map(([method]) => method).join(', ')} can be sent here.`);
      }
      const [, path, run] = route;
      const actor = request.headers['acting-as'];
      const result = await run({
        names: steps.filter((_, i) => path.split('/')[i] === '*'),
        actor: typeof actor === 'string' ? actor : undefined,
        read: (read) => readInput(parseBody(request), read),
      });
      return result === undefined ? { status: 204, headers: {}, body: [] } : answerJson(result);
    } catch (error) {
      if (error instanceof Problem) return answerJson({ message: error.message }, error.status);
      if (error instanceof SandboxInputError)
        return answerJson({ message: error.message, problems: error.problems }, 400);
      throw error;
    }
  };
};

const maxUuidLength = 100;
const readUuid = (input: Input): string => input.text(maxUuidLength);

const readNewDevice = (input: Input): Parameters<DirectoryControl['addDevice']>[0] => {
  const { uuid, displayName, groupUuid } = input.fields(['uuid', 'displayName', 'groupUuid']);
  return {
    displayName: displayName.text(200, 0),
    ...present({ uuid: uuid.optional(readUuid), groupUuid: groupUuid.optional(readUuid) }),
  };
};

interface DeviceChange {
  readonly displayName?: string;
  readonly groupUuid?: string;
}

const readDeviceChange = (input: Input): DeviceChange => {
  const { displayName, groupUuid } = input.fields(['displayName', 'groupUuid']);
  return present({
    displayName: displayName.optional((name) => name.text(200, 0)),
    groupUuid: groupUuid.optional(readUuid),
  });
};

const changeDevice = (directory: DirectoryControl, uuid: string, { displayName, groupUuid }: DeviceChange): void => {
  if (groupUuid !== undefined) directory.moveDevice(uuid, groupUuid);
  if (displayName !== undefined) directory.renameDevice(uuid, displayName);
};

const readLeaving = (input: Input): NonNullable<Parameters<DirectoryControl['deleteUsers']>[0]> => {
  const { uuids, afterCalls } = input.fields(['uuids', 'afterCalls']);
  return present({
    uuids: uuids.optional((list) => list.items().map(readUuid)),
    afterCalls: afterCalls.optional((calls) => calls.number(0, 1e9)),
  });
};

const readIntegrations = (input: Input): boolean => input.fields(['integrations']).integrations.flag();
const readPassword = (input: Input): string => input.fields(['password']).password.text();

const isLoopbackName = (name: string): boolean => /^(?:localhost|127(?:\.\d+){3}|\[::1\])(?::\d+)?$/i.test(name);
const isLoopbackAddress = (address: string): boolean => /^(?:::ffff:)?127\.|^::1$/.test(address);

/** A web page that made a browser call, or a name that was bent to loopback, gets nothing. */
const refuseStrangers = ({ remoteAddress, headers }: HttpRequest): void => {
  const origin = headers.origin?.replace(/^https?:\/\//, '');
  if (
    isLoopbackAddress(remoteAddress ?? '') &&
    isLoopbackName(headers.host ?? '') &&
    (origin === undefined || isLoopbackName(origin))
  ) {
    return;
  }
  throw new Problem(403, 'The control interface is for callers on this machine.');
};

const matches = (path: readonly string[], steps: readonly string[]): boolean =>
  path.length === steps.length && path.every((step, i) => (step === '*' ? steps[i] !== '' : step === steps[i]));

const decodePath = (path: string): string[] => {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    throw new Problem(400, 'The path has a broken percent-encoding.');
  }
};

const parseBody = ({ headers, body }: HttpRequest): unknown => {
  if (headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== 'application/json') {
    throw new Problem(415, 'The body must be application/json.');
  }
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Problem(400, 'The body is not valid JSON.');
  }
};
