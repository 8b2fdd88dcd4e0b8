import { Button, Modal, Stack, Switch } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { ThingPicker } from '../shared/thing-picker.tsx';
import { type Change, ChangeDialog } from './change-dialog.tsx';
import type { ScopeInput } from '../__generated__/changeDialogRevokeMutation.graphql';

/** Gives a role to the subject of a page. */
export const AssignToSubject = ({
  subject,
}: {
  readonly subject: { readonly id: string; readonly reference: string; readonly type: string; readonly name: string };
}) => {
  const [role, setRole] = useState<string>();
  const [at, setAt] = useState<readonly [string, string | undefined]>();
  const [isEverywhere, setEverywhere] = useState(false);
  const [field = '', uuid = ''] = (at?.[0] ?? '').split(':');
  const change: Change | undefined =
    role === undefined || (at === undefined && !isEverywhere)
      ? undefined
      : {
          kind: 'assign',
          subject,
          roleName: role,
          at: isEverywhere ? { everywhere: true } : { scopes: [{ [field]: uuid } as ScopeInput] },
          isGrave: isEverywhere,
        };
  return (
    <AssignButton title={`Assign a role to ${subject.name}`} change={change}>
      <ThingPicker label="Role" kind="ROLE" value={role} valueLabel={role} onPick={(value) => setRole(value)} />
      <Switch
        label="Everywhere"
        checked={isEverywhere}
        onChange={(event) => setEverywhere(event.currentTarget.checked)}
      />
      {!isEverywhere && (
        <ThingPicker
          label="At"
          kind="SCOPE"
          value={at?.[0]}
          valueLabel={at?.[1] ?? at?.[0]}
          onPick={(value, label) => setAt(value === undefined ? undefined : [value, label])}
        />
      )}
    </AssignButton>
  );
};

/** Gives somebody a role at the scope of a page. */
export const AssignAtScope = ({ scope }: { readonly scope: { readonly id: string; readonly name: string } }) => {
  const [role, setRole] = useState<string>();
  const [who, setWho] = useState<readonly [string, string | undefined]>();
  const change: Change | undefined =
    role === undefined || who === undefined
      ? undefined
      : {
          kind: 'assign',
          subject: { reference: who[0], type: 'USER' },
          roleName: role,
          at: { scopeIds: [scope.id] },
          isGrave: false,
        };
  return (
    <AssignButton title={`Assign a role at ${scope.name}`} change={change}>
      <ThingPicker
        label="Who"
        kind="SUBJECT"
        value={who?.[0]}
        valueLabel={who?.[1] ?? who?.[0]}
        onPick={(value, label) => setWho(value === undefined ? undefined : [value, label])}
      />
      <ThingPicker label="Role" kind="ROLE" value={role} valueLabel={role} onPick={(value) => setRole(value)} />
    </AssignButton>
  );
};

const AssignButton = ({
  title,
  change,
  children,
}: {
  readonly title: string;
  readonly change: Change | undefined;
  readonly children: React.ReactNode;
}) => {
  const [isOpen, setOpen] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const close = (): void => {
    setOpen(false);
    setAsked(false);
  };
  return (
    <>
      <Button variant="default" leftSection={<IconPlus size={16} />} onClick={() => setOpen(true)}>
        Assign
      </Button>
      {isOpen && !isAsked && (
        <Modal opened onClose={close} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
          <Stack gap="sm">
            {children}
            <Button disabled={change === undefined} onClick={() => setAsked(true)}>
              Go on
            </Button>
          </Stack>
        </Modal>
      )}
      {isAsked && change !== undefined && <ChangeDialog change={change} onClose={close} />}
    </>
  );
};
