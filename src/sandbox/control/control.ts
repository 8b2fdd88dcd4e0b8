import type { DirectoryControl } from '../world/directory/directory-state.ts';
import type { AccessTokens } from '../core/credentials/access-tokens.ts';
import type { Accounts, NewUser, PermissionSet, User } from '../core/credentials/accounts.ts';
import type { FaultRule, Faults } from '../core/faults/faults.ts';
import type { FairUseBuckets } from '../core/limits/fair-use.ts';
import type { RateLimit } from '../core/limits/rate-limit.ts';
import type { PendingRequests } from '../core/pending.ts';
import type { RefreshTokens } from '../core/credentials/refresh-tokens.ts';
import type { Settings, SettingsInput } from '../core/settings.ts';

/** Where the control interface lives: outside every path of the contract. */
export const controlPrefix = '/sandbox/';

/** A user as the control interface shows it: without its password. */
interface ShownUser extends Omit<User, 'password'> {
  readonly isInvitationAccepted: boolean;
}

/** What a Superuser does in ESET's consoles. Each step has its effect on the very next call; one that is refused throws a `Problem`. */
interface Administration {
  /** Invites a user. It can log in once it has accepted. */
  createUser(user: NewUser): ShownUser;
  setIntegrations(name: string, integrations: boolean): ShownUser;
  /** Its tokens are refused from now on. */
  removeUser(name: string): void;
  createPermissionSet(set: PermissionSet): PermissionSet;
  changePermissionSet(name: string, change: Partial<Omit<PermissionSet, 'name'>>): PermissionSet;
  /** Takes the set away from all who have it, too. */
  removePermissionSet(name: string): void;
  assign(user: string, permissionSet: string): ShownUser;
  unassign(user: string, permissionSet: string): ShownUser;
}

/** Everything that can be done to a sandbox from outside the contract. */
export interface SandboxControl {
  /** The steps that only a Superuser may take, taken by this user. Anybody else is refused with 403. */
  actingAs(name: string | undefined): Administration;
  /** What the invited person does. */
  acceptInvitation(name: string, password: string): ShownUser;
  users(): ShownUser[];
  permissionSets(): PermissionSet[];
  settings(): Settings;
  /** Changes settings; what is left out stays as it is. */
  configure(input: SettingsInput): Settings;
  faults(): { readonly rule: FaultRule; readonly met: number }[];
  /** Puts one more rule behind the others. */
  addFault(rule: FaultRule): void;
  /** Replaces all rules; without any, faults end. */
  setFaults(rules: readonly FaultRule[]): void;
  /** What can happen to users and devices. Loaded when it is asked for first. */
  directory(): Promise<DirectoryControl>;
  /** Makes every access and refresh token that was issued so far invalid. */
  revokeTokens(): void;
  /** Puts everything back to how it was at the start, and forgets calls, pending questions and the transcript. Tokens stay good. */
  reset(): void;
}

/** The state that the control interface works on. */
interface ControlParts {
  readonly accounts: Accounts;
  readonly accessTokens: AccessTokens;
  readonly refreshTokens: RefreshTokens;
  readonly rateLimit: RateLimit;
  readonly fairUse: FairUseBuckets;
  readonly pending: PendingRequests;
  readonly faults: Faults;
  readonly settings: () => Settings;
  readonly configure: (input: SettingsInput) => Settings;
  readonly directory: () => Promise<DirectoryControl>;
  /** Puts back what the other parts do not hold. */
  readonly reset: () => void;
}

/** The control interface over a sandbox's state. */
export const createControl = (parts: ControlParts): SandboxControl => {
  const { accounts, accessTokens, refreshTokens, rateLimit, fairUse, pending, faults } = parts;
  return {
    actingAs(actor) {
      const asSuperuser =
        <Args extends unknown[], Result>(step: (...args: Args) => Result) =>
        (...args: Args): Result => {
          accounts.requireSuperuser(actor);
          return step(...args);
        };
      return {
        createUser: asSuperuser((user) => show(accounts.createUser(user))),
        setIntegrations: asSuperuser((name, integrations) => show(accounts.setIntegrations(name, integrations))),
        removeUser: asSuperuser((name) => accounts.removeUser(name)),
        createPermissionSet: asSuperuser((set) => accounts.createPermissionSet(set)),
        changePermissionSet: asSuperuser((name, change) => accounts.changePermissionSet(name, change)),
        removePermissionSet: asSuperuser((name) => accounts.removePermissionSet(name)),
        assign: asSuperuser((user, set) => show(accounts.assign(user, set))),
        unassign: asSuperuser((user, set) => show(accounts.unassign(user, set))),
      };
    },
    acceptInvitation: (name, password) => show(accounts.acceptInvitation(name, password)),
    users: () => accounts.users().map(show),
    permissionSets: () => accounts.permissionSets(),
    settings: parts.settings,
    configure: parts.configure,
    faults: () => faults.list(),
    addFault: (rule) => faults.add(rule),
    setFaults: (rules) => faults.set(rules),
    directory: parts.directory,
    revokeTokens() {
      accessTokens.revokeAll();
      refreshTokens.revokeAll();
    },
    reset() {
      accounts.reset();
      rateLimit.reset();
      fairUse.reset();
      pending.reset();
      parts.reset();
    },
  };
};

const show = ({ password, ...user }: User): ShownUser => ({ ...user, isInvitationAccepted: password !== undefined });
