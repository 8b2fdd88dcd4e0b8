import { ActionIcon, Tooltip } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { explain, GraphError } from '../session/graph-error.ts';

interface SaveButtonProps {
  readonly label: string;
  /** Makes the file. Where it rejects nothing is saved, and a notice says why. */
  readonly make: () => Promise<{ readonly name: string; readonly content: Blob }>;
}

/** Saves a file that takes a while to make. */
export const SaveButton = ({ label, make }: SaveButtonProps) => {
  const [isRunning, setRunning] = useState(false);
  const save = async (): Promise<void> => {
    setRunning(true);
    try {
      saveFile(await make());
    } catch (error) {
      await tellFailure(error);
    } finally {
      setRunning(false);
    }
  };
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" size="lg" aria-label={label} loading={isRunning} onClick={() => void save()}>
        <IconDownload size={18} />
      </ActionIcon>
    </Tooltip>
  );
};

const saveFile = ({ name, content }: { readonly name: string; readonly content: Blob }): void => {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
};

const tellFailure = async (error: unknown): Promise<void> => {
  // Without an answer, or with one that broke off, there is no more to be said.
  const { code, message } = error instanceof GraphError ? error.failure : { code: 'UNREACHABLE', message: '' };
  const { title, wayOut } = explain(code);
  const { notifications } = await import('@mantine/notifications');
  notifications.show({
    id: 'export',
    title: `Nothing was saved. ${title}`,
    message: message === '' ? wayOut : message,
    color: 'red',
    // Until it has been read: somebody waits for the file.
    autoClose: false,
  });
};
