import { Button, Checkbox, Group, Stack, Text } from '@mantine/core';
import { useMemo, useState } from 'react';
import { kindWord } from '../shared/words.ts';
import { ChangeDialog } from './change-dialog.tsx';
import type { Change, ChangedSubject } from './change.ts';
import type { GrantPlace } from './revoke-button.tsx';
import { Dialog } from './dialog.tsx';

interface RevokeDialogProps {
  readonly subject: ChangedSubject;
  readonly roleName: string;
  readonly places: readonly GrantPlace[] | 'everywhere';
  readonly onClose: () => void;
}

/** Asks where, if there is more than one place, and then goes through the change. */
export const RevokeDialog = ({ subject, roleName, places, onClose }: RevokeDialogProps) => {
  const isOne = places === 'everywhere' || places.length === 1;
  const [chosen, setChosen] = useState<readonly string[]>(
    isOne && places !== 'everywhere' ? places.map(({ id }) => id) : [],
  );
  const [isChosen, setIsChosen] = useState(isOne);
  const { reference, type, name } = subject;
  const change = useMemo(
    (): Change => ({
      kind: 'revoke',
      subject: { reference, type, name },
      roleName,
      at: places === 'everywhere' ? { everywhere: true } : { scopeIds: chosen },
    }),
    [reference, type, name, roleName, places, chosen],
  );
  if (isChosen) {
    return <ChangeDialog change={change} onClose={onClose} {...(!isOne && { onBack: () => setIsChosen(false) })} />;
  }
  return (
    <Dialog onClose={onClose} title={`Revoke ${roleName}`}>
      <Stack gap="md">
        <Checkbox.Group
          label={
            <>
              Where <bdi>{name}</bdi> shall no longer hold it
            </>
          }
          value={[...chosen]}
          onChange={setChosen}
        >
          <Stack gap="xs" mt="xs" mah="50vh" style={{ overflowY: 'auto' }}>
            {(places as readonly GrantPlace[]).map((place) => (
              <Checkbox
                key={place.id}
                value={place.id}
                label={
                  <Text size="sm" component="span">
                    <bdi>{place.name}</bdi>{' '}
                    <Text size="xs" c="dimmed" component="span">
                      {kindWord(place.kind)}
                    </Text>
                  </Text>
                }
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button disabled={chosen.length === 0} onClick={() => setIsChosen(true)}>
            Show what would change
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
};
