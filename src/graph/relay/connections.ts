import type { Slice } from '../../assignments/assignments.ts';
import type { ScopedRole, Subject } from '../../model/subject.ts';
import type { TextWriter, WrittenText } from '../../platform/byte-text.ts';

/**
 * What a connection type resolves from. Everything is a getter, so that a query pays for what it asks: edges are made
 * only where edges are asked for, cursors only where cursors are, and flags that cost a call only where flags are.
 */
export class Connection<Node, E extends Edge<Node> = Edge<Node>> {
  readonly #slice: Slice<Node>;
  readonly #createEdge: (slice: Slice<Node>, index: number) => E;

  constructor(slice: Slice<Node>, createEdge: (slice: Slice<Node>, index: number) => E) {
    this.#slice = slice;
    this.#createEdge = createEdge;
  }

  get nodes(): readonly Node[] {
    return this.#slice.items;
  }

  get edges(): E[] {
    const slice = this.#slice;
    const edges = new Array<E>(slice.items.length);
    for (let index = 0; index < edges.length; index++) edges[index] = this.#createEdge(slice, index);
    return edges;
  }

  get pageInfo(): PageInfo {
    return new PageInfo(this.#slice);
  }

  get totalCount(): number | null {
    return this.#slice.totalCount();
  }
}

/** One edge of a slice. */
export class Edge<Node> {
  readonly #slice: Slice<Node>;
  readonly #index: number;

  constructor(slice: Slice<Node>, index: number) {
    this.#slice = slice;
    this.#index = index;
  }

  get node(): Node {
    return this.#slice.items[this.#index] as Node;
  }

  get cursor(): string {
    return new EdgeCursor(this.#slice, this.#index) as unknown as string;
  }
}

/** The cursor of an edge: a text to GraphQL, made only where nobody can have it written. */
class EdgeCursor implements WrittenText {
  readonly #slice: Slice<unknown>;
  readonly #index: number;

  constructor(slice: Slice<unknown>, index: number) {
    this.#slice = slice;
    this.#index = index;
  }

  valueOf(): string {
    return this.#slice.cursorAt(this.#index);
  }

  writeTo(out: TextWriter): void {
    this.#slice.writeCursorAt(this.#index, out);
  }
}

/** An edge to a subject that also tells which of its roles led here. */
export class HolderEdge extends Edge<Subject> {
  readonly #matchingRoles: (subject: Subject) => readonly ScopedRole[];

  constructor(slice: Slice<Subject>, index: number, matchingRoles: (subject: Subject) => readonly ScopedRole[]) {
    super(slice, index);
    this.#matchingRoles = matchingRoles;
  }

  get roles(): readonly ScopedRole[] {
    return this.#matchingRoles(this.node);
  }
}

/** Relay's `PageInfo` over a slice. A flag may really be a promise: GraphQL waits for it, and only where it was asked for. */
export class PageInfo {
  readonly #slice: Slice<unknown>;

  constructor(slice: Slice<unknown>) {
    this.#slice = slice;
  }

  get hasNextPage(): boolean {
    return this.#slice.hasNextPage() as boolean;
  }

  get hasPreviousPage(): boolean {
    return this.#slice.hasPreviousPage() as boolean;
  }

  get startCursor(): string | null {
    return this.#slice.startCursor();
  }

  get endCursor(): string | null {
    return this.#slice.endCursor();
  }
}

const plainEdge = <Node>(slice: Slice<Node>, index: number): Edge<Node> => new Edge(slice, index);

/** A connection of plain edges. */
export const connectionOf = <Node>(slice: Slice<Node>): Connection<Node> => new Connection(slice, plainEdge);

/** A connection whose edges tell which roles led to the subject. */
export const holderConnectionOf = (
  slice: Slice<Subject>,
  matchingRoles: (subject: Subject) => readonly ScopedRole[],
): Connection<Subject, HolderEdge> =>
  new Connection(slice, (whole, index) => new HolderEdge(whole, index, matchingRoles));
