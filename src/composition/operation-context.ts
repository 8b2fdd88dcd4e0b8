import type { Access } from '../access/access.ts';
import type { Assignments } from '../assignments/assignments.ts';
import type { Directory } from '../directory/directory.ts';
import type { GraphContext } from '../graph/context.ts';
import type { Operation } from '../model/operation.ts';
import type { WriteHooks } from '../writes/write-parts.ts';
import type { Writes } from '../writes/writes.ts';

/** What makes the parts of a context. */
export interface ContextParts {
  assignments(operation: Operation): Assignments;
  directory(operation: Operation): Directory;
  access(operation: Operation, below: Pick<GraphContext, 'assignments' | 'directory'>): Access;
  writes(operation: Operation, hooks: WriteHooks): Writes;
  record(operation: Operation): GraphContext['record'];
}

/**
 * Makes each part when a resolver first asks for it: most operations need one. A class, because a getter in an object literal costs more than what it
 * would save (`bench/README.md`).
 */
export class OperationContext implements GraphContext {
  readonly operation: Operation;
  readonly #parts: ContextParts;
  #assignments: Assignments | undefined;
  #directory: Directory | undefined;
  #access: Access | undefined;
  #writes: Writes | undefined;

  constructor(operation: Operation, parts: ContextParts) {
    this.operation = operation;
    this.#parts = parts;
  }

  get assignments(): Assignments {
    return (this.#assignments ??= this.#parts.assignments(this.operation));
  }

  get directory(): Directory {
    return (this.#directory ??= this.#parts.directory(this.operation));
  }

  get access(): Access {
    return (this.#access ??= this.#parts.access(this.operation, this));
  }

  get writes(): Writes {
    return (this.#writes ??= this.#parts.writes(this.operation, { onChanged: () => this.#forget() }));
  }

  get record(): GraphContext['record'] {
    return this.#parts.record(this.operation);
  }

  /** What the operation has read before it changed something is not to answer it afterwards. */
  #forget(): void {
    this.#assignments = undefined;
    this.#directory = undefined;
    this.#access = undefined;
  }
}
