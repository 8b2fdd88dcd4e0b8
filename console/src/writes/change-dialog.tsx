import { Alert, Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useRelayEnvironment } from 'react-relay';
import { explain, type Failure, GraphError } from '../session/graph-error.ts';
import { useSession } from '../session/session.tsx';
import { sendChange } from './change-mutations.ts';
import { ChangeOutcome } from './change-outcome.tsx';
import { type Change, type ChangeResult, isGrave } from './change.ts';
import { Dialog } from './dialog.tsx';

interface ChangeDialogProps {
  readonly change: Change;
  readonly onClose: () => void;
  /** Present: the dialog began with a choice, which can be gone back to. */
  readonly onBack?: () => void;
}

type Outcome = { readonly result: ChangeResult } | { readonly failure: Failure };

type Step = { readonly isDry: boolean } & (Outcome | { readonly isWaiting: true });

/** First what would change, in words; then the change; then what upstream says. It looks by itself, and writes only when told to. */
export const ChangeDialog = ({ change: asked, onClose, onBack }: ChangeDialogProps) => {
  const environment = useRelayEnvironment();
  const { askAgain } = useSession();
  // As it was asked for at first: whatever is drawn anew behind the dialog must not begin it again.
  const [change] = useState(asked);
  const hasLooked = useRef(false);
  const [step, setStep] = useState<Step>({ isDry: true, isWaiting: true });
  const [typed, setTyped] = useState('');
  /** Something may have been written: what the page shows may be old. */
  const [hasSent, setSent] = useState(false);

  const run = useCallback(
    async (isDry: boolean): Promise<void> => {
      setStep({ isDry, isWaiting: true });
      if (!isDry) setSent(true);
      setStep({ isDry, ...(await outcomeOf(sendChange(environment, change, { isDry }))) });
    },
    [environment, change],
  );
  useEffect(() => {
    if (hasLooked.current) return;
    hasLooked.current = true;
    void run(true);
  }, [run]);

  const close = (): void => {
    onClose();
    if (hasSent) askAgain();
  };
  const isWaiting = 'isWaiting' in step;
  const result = 'result' in step ? step.result : undefined;
  const mayGoOn = step.isDry && result?.status === 'WOULD_CHANGE';
  const isTypingAsked = mayGoOn && isGrave(change, result);
  // Also where a second look could not be had.
  const isOpenEnded = step.isDry ? hasSent && result?.status === 'FAILED' : !isWaiting && isUnknown(step);
  const verb = change.kind === 'assign' ? 'Assign' : 'Revoke';
  return (
    <Dialog
      onClose={close}
      closeOnClickOutside={!isWaiting}
      title={verb === 'Assign' ? 'Assign a role' : 'Revoke a role'}
    >
      <Stack gap="md" data-grave={isTypingAsked}>
        {isWaiting && (
          <Group gap="sm" role="status">
            <Loader size="sm" />
            <Text size="sm">
              {step.isDry
                ? 'Looking at what would change. Nothing is written yet.'
                : 'Writing, and looking at what is so then.'}
            </Text>
          </Group>
        )}
        {'failure' in step && <Refused failure={step.failure} isOpenEnded={isOpenEnded} />}
        {result !== undefined && (
          <ChangeOutcome change={change} result={result} isDry={step.isDry} isSecondLook={step.isDry && hasSent} />
        )}
        {isTypingAsked && (
          <TextInput
            data-autofocus
            label={`${change.kind === 'assign' ? 'This holds everywhere, now and later.' : 'This takes all of the role.'} Type its name to go on`}
            description={change.roleName}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="end" gap="xs">
          {onBack !== undefined && !hasSent && (
            <Button variant="subtle" onClick={onBack} mr="auto">
              Back
            </Button>
          )}
          <Button variant="default" onClick={close}>
            {hasSent ? 'Close' : 'Cancel'}
          </Button>
          {isOpenEnded && <Button onClick={() => void run(true)}>Look again</Button>}
          {'failure' in step && step.isDry && <Button onClick={() => void run(true)}>Try again</Button>}
          {mayGoOn && (
            <Button
              color={change.kind === 'revoke' ? 'red.8' : 'accent'}
              disabled={isTypingAsked && typed.trim() !== change.roleName}
              onClick={() => void run(false)}
            >
              {verb}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
};

const outcomeOf = async (sent: Promise<ChangeResult>): Promise<Outcome> => {
  try {
    return { result: await sent };
  } catch (error) {
    const failure = error instanceof GraphError ? error.failure : { code: 'INTERNAL', message: String(error) };
    return { failure };
  }
};

/** Codes with which the graph refuses a change before it begins. After all others it may have been made. */
const refusals: readonly string[] = ['BAD_USER_INPUT', 'UNAUTHENTICATED', 'FORBIDDEN'];

const isUnknown = (outcome: Outcome): boolean =>
  'result' in outcome ? outcome.result.status === 'UNKNOWN' : !refusals.includes(outcome.failure.code);

const Refused = ({ failure, isOpenEnded }: { readonly failure: Failure; readonly isOpenEnded: boolean }) => {
  const { title, wayOut } = explain(failure.code);
  return (
    <Alert
      color={isOpenEnded ? 'yellow' : 'red'}
      variant="light"
      title={isOpenEnded ? 'Whether this was done is not known' : title}
      role="alert"
      data-code={failure.code}
    >
      <Text size="sm">{isOpenEnded ? `${title}. Look again before you do it again.` : wayOut}</Text>
      {failure.message !== '' && (
        <Text size="sm" c="dimmed">
          {failure.message}
        </Text>
      )}
    </Alert>
  );
};
