import { describe, expect, it } from 'vitest';
import { createSchema } from '../../../src/graph/schema.ts';
import { createDocumentCache } from '../../../src/operations/documents/document-cache.ts';
import { maxFields } from '../../../src/operations/documents/document-limits.ts';
import { rulesFor } from '../../../src/operations/documents/rules.ts';
import { createExecutors } from '../../../src/operations/executors.ts';
import { InvalidRequest } from '../../../src/operations/refusal.ts';
import { createTurns, type Turns } from '../../../src/platform/turns.ts';

const schema = createSchema();

/** Counts what was prepared. */
const setUp = (turns: Turns = createTurns({ sliceMs: Infinity })) => {
  const prepareOperation = createExecutors({ schema, maxFields, compiles: true, turns });
  let prepared = 0;
  const documents = createDocumentCache({
    schema,
    limits: { maxDocumentBytes: 100_000, maxTokens: 5000, maxDepth: 20 },
    rules: rulesFor(true),
    suggestsNames: true,
    turns,
    prepare: (document, operation) => {
      prepared++;
      return prepareOperation(document, operation);
    },
  });
  return { documents, prepared: () => prepared };
};

const text = '{ viewer { reference } }';

describe('a document', () => {
  it('is read once for all who ask for it meanwhile, and is there at once when it is kept', async () => {
    const { documents, prepared } = setUp();
    const [first, second] = await Promise.all([
      documents.operationOf(text, undefined),
      documents.operationOf(text, undefined),
    ]);
    expect(second).toBe(first);
    expect(prepared()).toBe(1);
    documents.keep(text, undefined, first);
    expect(documents.operationOf(text, undefined)).toBe(first);
  });

  it('is read anew where nobody kept it', async () => {
    const { documents, prepared } = setUp();
    await documents.operationOf(text, undefined);
    await documents.operationOf(text, undefined);
    expect(prepared()).toBe(2);
  });

  it('is refused for all who asked meanwhile, and for who asks again', async () => {
    const { documents } = setUp();
    const ask = () => documents.operationOf('{ nothing }', undefined);
    for (const asked of [ask(), ask()]) await expect(asked).rejects.toBeInstanceOf(InvalidRequest);
    await expect(ask()).rejects.toBeInstanceOf(InvalidRequest);
  });

  it('is read in turns: whatever waits for one comes in between', async () => {
    let nowMs = 0;
    // Every look at the time finds that the turn has been over for long.
    const turns = createTurns({ sliceMs: 10, nowMs: () => (nowMs += 11) });
    turns.isOver();
    const { documents } = setUp(turns);
    let turnsOfOthers = 0;
    const waitAgain = (): void =>
      turns.wait({}, () => {
        turnsOfOthers++;
        waitAgain();
      });
    waitAgain();
    await documents.operationOf(text, undefined);
    expect(turnsOfOthers).toBeGreaterThan(2);
  });

  it('tells what it asks for, whether it may be run or not', () => {
    const { documents } = setUp();
    expect(documents.kindOf('{ nothing }', undefined)).toBe('query');
    expect(documents.kindOf('query A { a } subscription B { nothing }', 'B')).toBe('subscription');
    expect(() => documents.kindOf('{', undefined)).toThrow(InvalidRequest);
  });
});
