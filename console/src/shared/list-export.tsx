import { type GraphQLTaggedNode, useRelayEnvironment } from 'react-relay';
import type { OperationType } from 'relay-runtime';
import { type Cell, csvName, csvOf } from './csv.ts';
import { type Part, readAll } from './read-all.ts';
import { SaveButton } from './save-button.tsx';

interface ListExportProps<Query extends OperationType, Row> {
  /** What the file is named after. */
  readonly name: string;
  /** Takes `$cursor`. */
  readonly question: GraphQLTaggedNode;
  readonly variables: Omit<Query['variables'], 'cursor'>;
  readonly partOf: (answer: Query['response']) => Part<Row> | null | undefined;
  readonly header: readonly string[];
  readonly cellsOf: (row: Row) => readonly Cell[];
}

/** Saves a list, all of it. `/export` knows what is held now alone, so this comes from the graph. */
export const ListExport = <Query extends OperationType, Row>({
  name,
  question,
  variables,
  partOf,
  header,
  cellsOf,
}: ListExportProps<Query, Row>) => {
  const environment = useRelayEnvironment();
  const make = async () => {
    const rows = await readAll<Query, Row>(environment, question, { variables, partOf });
    return { name: csvName(name), content: csvOf(header, rows.map(cellsOf)) };
  };
  return <SaveButton label="Export as CSV" make={make} />;
};
