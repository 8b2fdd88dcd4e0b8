import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { useSession } from '../session/session.tsx';

/** Downloads the list that is shown as csv. The credential goes in a header, never in an address, so the file is fetched and then saved. */
export const ExportButton = ({ parameters }: { readonly parameters: Readonly<Record<string, string | undefined>> }) => {
  const { credential } = useSession();
  const [state, setState] = useState<'idle' | 'running' | 'failed'>('idle');
  if (!gatewayFacts.export) return null;
  const download = async (): Promise<void> => {
    setState('running');
    try {
      const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined);
      const response = await fetch(`/export?${new URLSearchParams([['format', 'csv'], ...given])}`, {
        headers: credential === undefined ? {} : { authorization: `Bearer ${credential}` },
      });
      if (!response.ok) throw new Error(`status ${response.status}`);
      const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'rolescope.csv';
      save(await response.blob(), name);
      setState('idle');
    } catch {
      setState('failed');
    }
  };
  const label = state === 'failed' ? 'The export failed: try again' : 'Export as CSV';
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="default"
        size="lg"
        aria-label={label}
        loading={state === 'running'}
        {...(state === 'failed' && { color: 'red' })}
        onClick={() => void download()}
      >
        <IconDownload size={18} />
      </ActionIcon>
    </Tooltip>
  );
};

const save = (blob: Blob, name: string): void => {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
};
