import { Button, Group, Stack, Checkbox } from '@mantine/core';
import { useMemo, useState } from 'react';
import { ThingPicker } from '../shared/thing-picker.tsx';
import type { AssignedScope } from './assign-button.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { type Change, type ChangedSubject, isChangeable } from './change.ts';
import { Dialog } from './dialog.tsx';

interface AssignDialogProps {
  /** Absent: it is asked for. */
  readonly subject: ChangedSubject | undefined;
  /** Absent: it is asked for. */
  readonly scope: AssignedScope | undefined;
  readonly onClose: () => void;
}

/** Asks for what the page does not say, and then goes through the change. */
export const AssignDialog = ({ subject, scope, onClose }: AssignDialogProps) => {
  const [who, setWho] = useState(subject);
  const [where, setWhere] = useState(scope);
  const [role, setRole] = useState<string>();
  const [isEverywhere, setEverywhere] = useState(false);
  const [isChosen, setIsChosen] = useState(false);
  const change = useMemo((): Change | undefined => {
    if (who === undefined || role === undefined) return undefined;
    if (isEverywhere) return { kind: 'assign', subject: who, roleName: role, at: { everywhere: true } };
    if (where === undefined) return undefined;
    return { kind: 'assign', subject: who, roleName: role, at: { scopeIds: [where.id] } };
  }, [who, where, role, isEverywhere]);
  if (isChosen && change !== undefined) {
    return <ChangeDialog change={change} onClose={onClose} onBack={() => setIsChosen(false)} />;
  }
  return (
    <Dialog
      onClose={onClose}
      title={
        subject === undefined ? `Assign a role at ${scope?.name ?? 'a scope'}` : `Assign a role to ${subject.name}`
      }
    >
      {/* High enough for hits to open in it. */}
      <Stack gap="sm" mih="26rem">
        {subject === undefined && (
          <ThingPicker
            label="Who"
            kind="SUBJECT"
            value={who?.reference}
            valueLabel={who?.name}
            onPick={(reference, name, type = 'USER') =>
              setWho(
                reference === undefined || !isChangeable(type)
                  ? undefined
                  : { reference, type, name: name ?? reference },
              )
            }
            takesOther="user"
            isWide
          />
        )}
        <ThingPicker
          label="Role"
          kind="ROLE"
          value={role}
          valueLabel={role}
          onPick={(name) => setRole(name)}
          takesOther="role"
          isWide
        />
        {scope === undefined && (
          <>
            {!isEverywhere && (
              <ThingPicker
                label="At"
                kind="SCOPE"
                value={where?.id}
                valueLabel={where?.name}
                onPick={(_value, name, id) => setWhere(id === undefined ? undefined : { id, name: name ?? '' })}
                isWide
              />
            )}
            <Checkbox
              label="Everywhere, now and later"
              checked={isEverywhere}
              onChange={(event) => setEverywhere(event.currentTarget.checked)}
            />
          </>
        )}
        <Group justify="end" gap="xs" mt="auto">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={change === undefined} onClick={() => setIsChosen(true)}>
            Show what would change
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
};
