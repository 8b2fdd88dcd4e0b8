import { componentsOf, type Model, untyped, type WireSubject } from './model.ts';

export interface ExportsOptions {
  readonly gatewayUrls: readonly string[];
  readonly models: readonly Model[];
  readonly seconds: number;
}

export interface ExportsOutcome {
  readonly whole: number;
  /** By what they said before their first byte, or `broken off` after it. */
  readonly failed: ReadonlyMap<string, number>;
  readonly wrong: readonly string[];
}

const maxWrongKept = 5;
/** Between two exports of one caller. */
const pauseMs = 3000;

/** Takes one export after the other with each credential, and compares what is whole with the model. */
export const runExports = async ({ gatewayUrls, models, seconds }: ExportsOptions): Promise<ExportsOutcome> => {
  const endMs = performance.now() + seconds * 1000;
  const failed = new Map<string, number>();
  const wrong: string[] = [];
  let whole = 0;
  const work = async (model: Model): Promise<void> => {
    // Who holds nothing has no assignment to export.
    const expected = model.subjects
      .filter(({ roles = [] }) => roles.length > 0)
      .map(lineOf)
      .toSorted();
    for (let turn = 0; performance.now() < endMs && wrong.length < maxWrongKept; turn++) {
      const { text, failure } = await take(gatewayUrls[turn % gatewayUrls.length] as string, model.token);
      if (failure !== undefined) failed.set(failure, (failed.get(failure) ?? 0) + 1);
      else {
        const given = text.split('\n').filter(Boolean).map(readLine).toSorted();
        const at = Array.from({ length: Math.max(given.length, expected.length) }).findIndex(
          (_, index) => given[index] !== expected[index],
        );
        if (at < 0) whole++;
        else wrong.push(`an export has ${given[at]} and not ${expected[at]}`);
      }
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  await Promise.all(models.map(work));
  return { whole, failed, wrong };
};

interface Taken {
  readonly text: string;
  readonly failure?: string;
}

const take = async (gatewayUrl: string, token: string): Promise<Taken> => {
  const response = await fetch(`${gatewayUrl}/export?format=ndjson&names=false&asOf=false`, {
    headers: { authorization: `Bearer ${token}` },
  });
  try {
    const text = await response.text();
    if (response.ok) return { text };
    const { errors = [] } = JSON.parse(text) as { errors?: { extensions?: { code?: string } }[] };
    return { text: '', failure: errors[0]?.extensions?.code ?? `status ${response.status}` };
  } catch {
    // Upstream failed in the middle: who reads must not take what it has for all.
    return { text: '', failure: 'broken off' };
  }
};

/** What a subject holds, in one order: an export has an order of its own. */
const lineOf = ({ subjectReference, subjectType = untyped, roles = [] }: WireSubject): string =>
  write(
    subjectReference,
    subjectType,
    roles.flatMap(({ roleName, scopes = [] }) =>
      scopes.length === 0
        ? [roleName]
        : scopes.map((scope) =>
            [roleName, ...componentsOf(scope).map(({ field, uuid }) => `${field} ${uuid}`)].join(' '),
          ),
    ),
  );

interface ExportedSubject {
  readonly reference: string;
  readonly rawType: string;
  readonly roles: readonly {
    readonly name: string;
    readonly isGlobal: boolean;
    readonly scopes: readonly { readonly components: readonly { readonly field: string; readonly uuid: string }[] }[];
  }[];
}

/** The same from a line of an export. */
const readLine = (line: string): string => {
  const { reference, rawType, roles } = JSON.parse(line) as ExportedSubject;
  return write(
    reference,
    rawType,
    roles.flatMap(({ name, isGlobal, scopes }) =>
      isGlobal
        ? [name]
        : scopes.map(({ components }) => [name, ...components.map(({ field, uuid }) => `${field} ${uuid}`)].join(' ')),
    ),
  );
};

const write = (reference: string, rawType: string, held: readonly string[]): string =>
  JSON.stringify([reference, rawType, held.toSorted()]);
