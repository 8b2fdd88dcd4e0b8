import { Button } from '@mantine/core';
import { useState } from 'react';
import { ChangeDialog } from './change-dialog.tsx';

export interface RevokeButtonProps {
  readonly subject: { readonly reference: string; readonly type: string };
  readonly roleName: string;
  readonly isGlobal: boolean;
  readonly scopes: readonly { readonly id: string; readonly name: string }[];
}

/** Takes a role from somebody, at all the scopes of the line. */
export const RevokeButton = ({ subject, roleName, isGlobal, scopes }: RevokeButtonProps) => {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button
        size="compact-xs"
        variant="subtle"
        color="red"
        onClick={() => setOpen(true)}
        aria-label={`Revoke ${roleName}`}
      >
        Revoke
      </Button>
      {isOpen && (
        <ChangeDialog
          change={{
            kind: 'revoke',
            subject,
            roleName,
            at: isGlobal ? { everywhere: true } : { scopeIds: scopes.map(({ id }) => id) },
            isGrave: true,
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </>
  );
};
