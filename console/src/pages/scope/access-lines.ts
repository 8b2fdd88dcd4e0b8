import { type Way, ways } from './ways.ts';
import type { accessByWay_people$data } from '../../__generated__/accessByWay_people.graphql';

/** What was read of those who have access in one way. */
export type People = accessByWay_people$data;
type Edge = People['edges'][number];
/** One reason of somebody, with the place and the group that it is told by. */
export type ToldReason = Edge['reasons'][number];

/** What stands below one heading: a way, one place above, or one user group. */
export type Section =
  | { readonly by: 'DIRECT' | 'GLOBAL'; readonly key: string }
  | { readonly by: 'INHERITED' | 'GROUP'; readonly key: string; readonly of: ToldReason };

/** A row of the table: a heading, somebody below it with the reasons that belong there, or how many of a way are not here. */
export type AccessLine =
  | {
      readonly row: 'heading';
      readonly key: string;
      readonly section: Section;
      readonly count: number;
      /** False: some were not read, and may belong here. */
      readonly isWhole: boolean;
    }
  | {
      readonly row: 'who';
      readonly key: string;
      /** What the heading above says. */
      readonly by: Section['by'];
      readonly node: Edge['node'];
      readonly reasons: readonly ToldReason[];
    }
  | { readonly row: 'rest'; readonly key: string; readonly way: Way; readonly count: number };

interface Gathered {
  readonly section: Section;
  readonly members: Map<string, { readonly node: Edge['node']; readonly reasons: ToldReason[] }>;
}

/**
 * Everybody who has access at a place, below the way in which they have it: direct, from each place above, everywhere, and through each user
 * group. Whoever has it in several ways stands below each of them. `above` has the ids of the places above, nearest first, which is also their order here.
 */
export const accessLines = (
  peopleOf: Readonly<Record<Way, People>>,
  above: readonly string[],
): readonly AccessLine[] => {
  const sections = new Map<string, Gathered>();
  for (const { value: way } of ways) {
    for (const { node, reasons } of peopleOf[way].edges) {
      for (const reason of reasons) {
        const section = sectionOf(way, reason);
        const gathered: Gathered = sections.get(section.key) ?? { section, members: new Map() };
        sections.set(section.key, gathered);
        const member = gathered.members.get(node.id);
        if (member === undefined) gathered.members.set(node.id, { node, reasons: [reason] });
        else member.reasons.push(reason);
      }
    }
  }
  const restOf = (way: Way): number => Math.max(0, (peopleOf[way].totalCount ?? 0) - peopleOf[way].edges.length);
  const inOrder = [...sections.values()].toSorted(
    (one, other) => rank(one.section, above) - rank(other.section, above),
  );
  const ownLines = ways.flatMap(({ value: way }): readonly AccessLine[] => {
    const count = restOf(way);
    return [
      ...inOrder.filter(({ section }) => section.by === way).flatMap((gathered) => linesOf(gathered, count === 0)),
      ...(count === 0 ? [] : [{ row: 'rest', key: `rest ${way}`, way, count } as const]),
    ];
  });
  const isAllRead = ways.every(({ value }) => restOf(value) === 0);
  const groups = inOrder.filter(({ section }) => section.by === 'GROUP');
  return [...ownLines, ...groups.flatMap((gathered) => linesOf(gathered, isAllRead))];
};

const sectionOf = (way: Way, reason: ToldReason): Section => {
  if (reason.memberOf != null) return { by: 'GROUP', key: `GROUP ${reason.memberOf.uuid}`, of: reason };
  if (way === 'INHERITED') return { by: way, key: `${way} ${reason.path[0]?.id}`, of: reason };
  return { by: way, key: way };
};

const rank = (section: Section, above: readonly string[]): number =>
  section.by === 'INHERITED' ? above.indexOf(section.of.path[0]?.id ?? '') : 0;

const linesOf = ({ section, members }: Gathered, isWhole: boolean): readonly AccessLine[] => [
  { row: 'heading', key: section.key, section, count: members.size, isWhole },
  ...[...members].map(
    ([id, { node, reasons }]) => ({ row: 'who', key: `${section.key} ${id}`, by: section.by, node, reasons }) as const,
  ),
];
