import type { Slice } from '../../assignments/assignments.ts';
import { asText, type TextWriter, type WrittenText } from '../../platform/byte-text.ts';

/** Works out what an edge tells of the link between the list and a node. Asked only where the edge is asked for it. */
type FactsOf<Node, Facts> = (node: Node, index: number) => Facts;

/**
 * What a connection type resolves from. Everything is a getter, so that a query pays for what it asks: edges are made
 * only where edges are asked for, cursors only where cursors are, and flags that cost a call only where flags are.
 */
export class Connection<Node, Facts = undefined, About = undefined> {
  /** What the connection tells of the whole list, beside the usual. */
  readonly about: About;
  readonly #slice: Slice<Node>;
  readonly #factsOf: FactsOf<Node, Facts>;

  constructor(slice: Slice<Node>, factsOf: FactsOf<Node, Facts>, about: About) {
    this.about = about;
    this.#slice = slice;
    this.#factsOf = factsOf;
  }

  get nodes(): readonly Node[] {
    return this.#slice.items;
  }

  get edges(): readonly Edge<Node, Facts>[] {
    const slice = this.#slice;
    const edges = new Array<Edge<Node, Facts>>(slice.items.length);
    for (let index = 0; index < edges.length; index++) edges[index] = new Edge(slice, index, this.#factsOf);
    return edges;
  }

  get pageInfo(): PageInfo {
    return new PageInfo(this.#slice);
  }

  get totalCount(): number | null | Promise<number | null> {
    return this.#slice.totalCount();
  }
}

/** One edge of a slice. */
export class Edge<Node, Facts = undefined> {
  readonly #slice: Slice<Node>;
  readonly #index: number;
  readonly #factsOf: FactsOf<Node, Facts>;

  constructor(slice: Slice<Node>, index: number, factsOf: FactsOf<Node, Facts>) {
    this.#slice = slice;
    this.#index = index;
    this.#factsOf = factsOf;
  }

  get node(): Node {
    return this.#slice.items[this.#index] as Node;
  }

  get cursor(): string {
    return asText(new EdgeCursor(this.#slice, this.#index));
  }

  /** What the edge tells beside its node: which roles led to a subject, how many hold a role. */
  get facts(): Facts {
    return this.#factsOf(this.node, this.#index);
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

/** Relay's `PageInfo` over a slice. A flag can be a promise: GraphQL waits for it, and only where it was asked for. */
export class PageInfo {
  readonly #slice: Slice<unknown>;

  constructor(slice: Slice<unknown>) {
    this.#slice = slice;
  }

  get hasNextPage(): boolean | Promise<boolean> {
    return this.#slice.hasNextPage();
  }

  get hasPreviousPage(): boolean | Promise<boolean> {
    return this.#slice.hasPreviousPage();
  }

  get startCursor(): string | null {
    return this.#slice.startCursor();
  }

  get endCursor(): string | null {
    return this.#slice.endCursor();
  }
}

const noFacts = (): undefined => undefined;

/** A connection whose edges tell no more than their place. */
export const connectionOf = <Node>(slice: Slice<Node>): Connection<Node> => new Connection(slice, noFacts, undefined);

/** A connection whose edges tell facts of their own. */
export const connectionWithFacts = <Node, Facts>(
  slice: Slice<Node>,
  factsOf: FactsOf<Node, Facts>,
): Connection<Node, Facts> => new Connection(slice, factsOf, undefined);
