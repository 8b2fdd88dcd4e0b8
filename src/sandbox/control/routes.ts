import type { GenericSchema } from 'valibot';
import { answerJson, type Answer } from '../core/http/answer.ts';
import type { HttpRequest } from '../core/http/http-server.ts';
import { Problem } from '../core/problem.ts';
import type { Transcript } from '../core/transcript.ts';
import type { DirectoryControl } from '../world/directory/directory-state.ts';
import { integrations, newUser, password, permissionSet, permissionSetChange } from './accounts-input.ts';
import { controlPrefix, type SandboxControl } from './control.ts';
import { deviceChange, leaving, newDevice } from './directory-input.ts';
import { SandboxInputError } from '../input/input-error.ts';
import { listOf, readInput } from '../input/input.ts';
import { fault, settings } from './settings-input.ts';

/** What a route is given: the names in its path, the body, and who acts. */
interface ControlCall {
  readonly names: readonly string[];
  readonly actor: string | undefined;
  /** Reads the JSON body. */
  read<Result>(schema: GenericSchema<unknown, Result>): Result;
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
    ['POST', 'users', (call) => control.actingAs(call.actor).createUser(call.read(newUser))],
    [
      'PATCH',
      'users/*',
      (call) => control.actingAs(call.actor).setIntegrations(name(call), call.read(integrations).integrations),
    ],
    ['DELETE', 'users/*', (call) => control.actingAs(call.actor).removeUser(name(call))],
    ['POST', 'users/*/accept-invitation', (call) => control.acceptInvitation(name(call), call.read(password).password)],
    ['PUT', 'users/*/permission-sets/*', (call) => control.actingAs(call.actor).assign(name(call), name(call, 1))],
    ['DELETE', 'users/*/permission-sets/*', (call) => control.actingAs(call.actor).unassign(name(call), name(call, 1))],
    ['GET', 'permission-sets', () => control.permissionSets()],
    ['POST', 'permission-sets', (call) => control.actingAs(call.actor).createPermissionSet(call.read(permissionSet))],
    [
      'PATCH',
      'permission-sets/*',
      (call) => control.actingAs(call.actor).changePermissionSet(name(call), call.read(permissionSetChange)),
    ],
    ['DELETE', 'permission-sets/*', (call) => control.actingAs(call.actor).removePermissionSet(name(call))],
    ['GET', 'settings', () => control.settings()],
    ['PATCH', 'settings', (call) => control.configure(call.read(settings))],
    ['GET', 'faults', () => control.faults()],
    ['POST', 'faults', (call) => control.addFault(call.read(fault))],
    ['PUT', 'faults', (call) => control.setFaults(call.read(listOf(fault)))],
    ['DELETE', 'faults', () => control.setFaults([])],
    ['GET', 'transcript', () => transcript.list()],
    ['DELETE', 'transcript', () => transcript.clear()],
    ['POST', 'devices', async (call) => ({ uuid: (await control.directory()).addDevice(call.read(newDevice)) })],
    [
      'PATCH',
      'devices/*',
      async (call) => changeDevice(await control.directory(), name(call), call.read(deviceChange)),
    ],
    ['DELETE', 'devices/*', async (call) => (await control.directory()).removeDevice(name(call))],
    ['POST', 'people-leave', async (call) => (await control.directory()).deleteUsers(call.read(leaving))],
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
        read: (schema) => readInput(schema, parseBody(request)),
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

const changeDevice = (
  directory: DirectoryControl,
  uuid: string,
  { displayName, groupUuid }: { readonly displayName?: string; readonly groupUuid?: string },
): void => {
  if (groupUuid !== undefined) directory.moveDevice(uuid, groupUuid);
  if (displayName !== undefined) directory.renameDevice(uuid, displayName);
};

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
