import { Button } from '@mantine/core';
import { lazy, Suspense, useState } from 'react';
import type { ChangedSubject } from './change.ts';
import { isChangeable } from './change.ts';
import { useMayWrite } from './may-write.ts';

const RevokeDialog = lazy(async () => ({ default: (await import('./revoke-dialog.tsx')).RevokeDialog }));

/** A place of a grant, by what people call it. */
export interface GrantPlace {
  readonly id: string;
  readonly kind: string;
  readonly name: string;
}

/** A scope as the graph gives it, as the place of a grant. */
export const placeOf = ({
  id,
  kind,
  uuid,
  displayName,
}: {
  readonly id: string;
  readonly kind: string;
  readonly uuid: string;
  readonly displayName: string | null | undefined;
}): GrantPlace => ({ id, kind, name: displayName == null || displayName === '' ? uuid : displayName });

export interface RevokeButtonProps {
  readonly subject: Omit<ChangedSubject, 'type'> & { readonly type: string };
  readonly roleName: string;
  /** Where it is held, or what of that is meant; `everywhere` for a grant that holds there. */
  readonly places: readonly GrantPlace[] | 'everywhere';
}

/** Takes a role from somebody. Not there for those who may not. */
export const RevokeButton = ({ subject, roleName, places }: RevokeButtonProps) => {
  const mayWrite = useMayWrite();
  const [isOpen, setOpen] = useState(false);
  const { type } = subject;
  if (!mayWrite || !isChangeable(type) || places.length === 0) return null;
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="red"
        className="no-print"
        style={{ flex: 'none' }}
        onClick={() => setOpen(true)}
        aria-label={`Revoke ${roleName} of ${subject.name}`}
      >
        Revoke
      </Button>
      {isOpen && (
        <Suspense>
          <RevokeDialog
            subject={{ ...subject, type }}
            roleName={roleName}
            places={places}
            onClose={() => setOpen(false)}
          />
        </Suspense>
      )}
    </>
  );
};
