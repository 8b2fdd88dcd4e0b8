import type { Scope, SubjectType } from '../../../wire/identity.ts';
import { Prng } from '../prng.ts';
import type { Domain } from '../domain.ts';

/** What goes wrong with an answer. Alone it comes with status 200; `cut` and `stall` break off the real answer. */
export const faultForms = [
  /** The connection is reset before anything was sent. */
  'reset',
  /** Half of the body, then the connection ends: `content-length` promised more. */
  'cut',
  /** Half of the body, then nothing. */
  'stall',
  /** Nothing at all. */
  'hang',
  /** JSON that breaks off, with the right length. */
  'malformed',
  /** A page for people. */
  'html',
  /** No body. */
  'empty',
  /** What stands in front of the API: 403 with a page for people and without `request-id`, for contents with markup alone. */
  'firewall',
] as const;

type FaultForm = (typeof faultForms)[number];

/** A change that another writer makes, with all rights. */
export interface OtherWrite {
  readonly change: 'assign' | 'revoke';
  readonly subjectReference: string;
  /** Default: whatever type the subject has. */
  readonly subjectType?: SubjectType;
  readonly roleName: string;
  /** Default: none, which is everywhere. */
  readonly scopes?: readonly Scope[];
}

/** Which calls meet the fault, and what happens to them. Without a condition: every call. */
export interface FaultRule {
  /** Only calls of this domain. */
  readonly domain?: Domain;
  /** Only calls of this method. */
  readonly method?: string;
  /** Only calls of this path, such as `/oauth/token`. */
  readonly path?: string;
  /** Only calls of this API user, by name. */
  readonly user?: string;
  /** Only calls whose query string, as sent, contains this. */
  readonly query?: string;
  /** True: only calls with a `response-id`; false: only calls without one. */
  readonly poll?: boolean;
  /** Lets this many matching calls pass first. */
  readonly skip?: number;
  /** Wears off after this many. Default: never. */
  readonly count?: number;
  /** Meets a matching call with this probability, by the sandbox's seed. Default: 1. */
  readonly probability?: number;

  /** Answers with this status, and with the usual error body from 400 on. */
  readonly status?: number;
  readonly form?: FaultForm;
  /** Headers that are added to the answer, or replace its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Replaces the body. */
  readonly body?: string;
  /** Holds the answer back. */
  readonly delayMs?: number;
  /** Of a list that is cut or stalls: breaks off after this many whole rows. Default: in the middle of the bytes. */
  readonly rows?: number;
  /** Whether the request was carried out before its answer got lost, where the answer is not the real one. Default: `before`, it was not. */
  readonly lost?: 'before' | 'after';
  /** What somebody else writes just before the call is carried out. */
  readonly between?: OtherWrite;
  /** The question takes this long: from some time on it is answered with 202 (see `Settings.pending`). */
  readonly takesMs?: number;
}

/** What a rule's conditions are compared with. */
interface FaultableCall {
  readonly domain: Domain;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly user: string | undefined;
  readonly isPoll: boolean;
  readonly body: string;
}

/** The scripted faults. The first rule that meets a call decides; the others do not see it. */
export class Faults {
  #rules: { readonly rule: FaultRule; seen: number; met: number }[] = [];
  readonly #seed: number;
  #prng: Prng;

  constructor(seed: number, rules: readonly FaultRule[]) {
    this.#seed = seed;
    this.#prng = new Prng(seed);
    this.set(rules);
  }

  /** Replaces all rules and starts counting anew. */
  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ rule, seen: 0, met: 0 }));
    this.#prng = new Prng(this.#seed);
  }

  /** Puts one more rule behind the others. */
  add(rule: FaultRule): void {
    this.#rules.push({ rule, seen: 0, met: 0 });
  }

  /** The rules, and how many calls each has met. */
  list(): { readonly rule: FaultRule; readonly met: number }[] {
    return this.#rules.map(({ rule, met }) => ({ rule, met }));
  }

  /** The rule that meets this call, if any. */
  meet(call: FaultableCall): FaultRule | undefined {
    for (const entry of this.#rules) {
      const { rule } = entry;
      if (!applies(rule, call) || entry.met >= (rule.count ?? Infinity)) continue;
      entry.seen++;
      if (entry.seen <= (rule.skip ?? 0)) continue;
      if (rule.probability !== undefined && !this.#prng.chance(rule.probability)) continue;
      entry.met++;
      return rule;
    }
    return undefined;
  }
}

const applies = (rule: FaultRule, call: FaultableCall): boolean =>
  (rule.domain === undefined || rule.domain === call.domain) &&
  (rule.method === undefined || rule.method === call.method) &&
  (rule.path === undefined || rule.path === call.path) &&
  (rule.user === undefined || rule.user === call.user) &&
  (rule.query === undefined || call.query.includes(rule.query)) &&
  (rule.poll === undefined || rule.poll === call.isPoll) &&
  (rule.form !== 'firewall' || hasMarkup(call.body) || hasMarkup(decodeLoosely(call.query)));

const hasMarkup = (text: string): boolean => /<[a-z!/]/i.test(text);

const decodeLoosely = (query: string): string => {
  try {
    return decodeURIComponent(query.replaceAll('+', ' '));
  } catch {
    return query;
  }
};
