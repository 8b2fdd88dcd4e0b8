import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { type ChangedSubject, isChangeable } from './change.ts';
import { useMayWrite } from './may-write.ts';

const AssignDialog = lazy(async () => ({ default: (await import('./assign-dialog.tsx')).AssignDialog }));

/** A scope that a role is to be given at. */
export interface AssignedScope {
  readonly id: string;
  readonly name: string;
}

/** Gives a role: to the subject of a page, or at the scope of a page. The rest is asked for. Not there for those who may not. */
export const AssignButton = ({
  subject,
  scope,
}: {
  readonly subject?: Omit<ChangedSubject, 'type'> & { readonly type: string };
  readonly scope?: AssignedScope;
}) => {
  const mayWrite = useMayWrite();
  const [isOpen, setOpen] = useState(false);
  const type = subject?.type ?? 'USER';
  if (!mayWrite || !isChangeable(type)) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setOpen(true)}>
        {scope === undefined ? 'Assign' : 'Assign here'}
      </Button>
      {isOpen && (
        <Suspense>
          <AssignDialog
            subject={subject === undefined ? undefined : { ...subject, type }}
            scope={scope}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
};
