import { useSession } from '../session/session.tsx';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { GraphError } from '../session/graph-error.ts';
import { SaveButton } from './save-button.tsx';

export type ExportParameters = readonly (readonly [name: string, value: string])[];

/** A scope as `/export` takes it. */
export const exportScope = ({
  kind,
  uuid,
}: {
  readonly kind: string;
  readonly uuid: string;
}): readonly [string, string] => ['scope', `${kind}:${uuid}`];

/**
 * Saves the grants of a list as csv, through `/export`. The credential goes in a header, never in an address, so the file is fetched whole and
 * then saved: one that breaks off is none. Not there where the gateway exports nothing.
 */
export const ExportButton = ({ parameters }: { readonly parameters: ExportParameters }) => {
  const { credential, askAgain } = useSession();
  if (!gatewayFacts.export) return null;
  const make = async (): Promise<{ readonly name: string; readonly content: Blob }> => {
    const response = await fetch(
      `/export?${new URLSearchParams([['format', 'csv'], ...parameters.map((pair) => [...pair])])}`,
      {
        headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
      },
    );
    // Whatever is asked next shows that the sign-in has ended.
    if (response.status === 401) askAgain();
    if (!response.ok) throw await refusalOf(response);
    const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    return { name: name ?? 'rolescope.csv', content: await response.blob() };
  };
  return <SaveButton label="Export as CSV" make={make} />;
};

interface Refusal {
  readonly errors?: readonly { readonly message?: string; readonly extensions?: { readonly code?: string } }[];
}

const refusalOf = async (response: Response): Promise<GraphError> => {
  const { errors = [] } = (await response.json().catch(() => ({}))) as Refusal;
  return new GraphError({ code: errors[0]?.extensions?.code ?? 'INTERNAL', message: errors[0]?.message ?? '' });
};
