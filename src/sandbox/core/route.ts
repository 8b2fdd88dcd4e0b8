import type { Answer } from './http/answer.ts';
import type { Functionality, User } from './credentials/accounts.ts';
import type { Domain } from './domain.ts';
import type { Arguments, Parameters } from './list/arguments.ts';
import type { Settings } from './settings.ts';
import type { TranscriptNote } from './transcript.ts';
import type { Place } from '../world/world.ts';

/** One call of an API user that may make it. */
export interface Call {
  readonly user: User;
  /** Where the caller has the functionality of the route. */
  readonly places: 'all' | readonly Place[];
  readonly domain: Domain;
  readonly path: string;
  readonly args: Arguments;
  /** What was parsed of the body, and found right by the route's `body`. */
  readonly body: unknown;
  readonly settings: Settings;
  readonly nowMs: number;
  readonly note: (note: TranscriptNote) => void;
}

/** Everything that a list call asks for; the core cuts the page out of it. */
export interface List {
  /** Name of the answer's field that has the rows. */
  readonly field: string;
  /** How many rows there are. */
  readonly size: number;
  /** JSON text of the array of the rows from `from` up to, and without, `to`; in parts where copying it would cost too much. */
  rows(from: number, to: number): string | Buffer | readonly (string | Buffer)[];
  /** True where upstream documents `totalSize`. Default: false. */
  readonly hasTotalSize?: boolean;
  /** True where rows may come again at the border of pages (the reading `repeatsRows`). Default: false. */
  readonly mayRepeatRows?: boolean;
  /** Equal only for calls with the same arguments, whatever their page. Default: the arguments as they were given. */
  readonly question?: string;
}

/** What all calls of API users have. */
interface RouteFacts {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** As documented: `{name}` stands for one segment, and is an argument of that name. */
  readonly path: string;
  /** Without it the caller is refused with 403. */
  readonly functionality: Functionality;
  /** Those of the path and of the query; those of pages are understood with every list. Default: none. */
  readonly parameters?: Parameters;
  /** Where there is a body: what checks it, loaded when it is needed first. Answers what is wrong with it, if anything. */
  readonly body?: () => Promise<(json: unknown) => string | undefined>;
}

/** Each handler throws a `Problem` where it refuses, and is run once for each request that is taken, whenever its answer is picked up. */
export type ApiRoute = RouteFacts &
  (
    | { readonly list: (call: Call) => List }
    /** Answers the JSON value of the body. */
    | { readonly read: (call: Call) => unknown }
    /** The same, of a call that changes something: its executions are counted. */
    | { readonly write: (call: Call) => unknown }
  );

/** The token endpoint: no credential, a form instead of JSON. */
export interface FormRoute {
  readonly method: 'POST';
  readonly path: string;
  readonly form: (form: URLSearchParams, context: FormContext) => Answer;
}

export interface FormContext {
  readonly settings: Settings;
  readonly nowMs: number;
  readonly note: (note: TranscriptNote) => void;
}

export type Route = ApiRoute | FormRoute;

/** The routes of one domain. */
export interface DomainRoutes {
  /** Those that are there from the start. */
  readonly routes: readonly Route[];
  /** The others, loaded when a request is for none of the first. */
  readonly loadMore?: () => Promise<readonly Route[]>;
}
