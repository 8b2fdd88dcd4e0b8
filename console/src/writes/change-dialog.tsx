import { Alert, Button, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { commitMutation, graphql, useRelayEnvironment } from 'react-relay';
import { explanations, GraphError } from '../session/graph-error.ts';
import type { changeDialogAssignMutation } from '../__generated__/changeDialogAssignMutation.graphql';
import type {
  changeDialogRevokeMutation,
  GrantPlaceInput,
  SubjectType,
} from '../__generated__/changeDialogRevokeMutation.graphql';

const assign = graphql`
  mutation changeDialogAssignMutation($input: RoleChangesInput!) {
    assignRoles(input: $input) {
      results {
        status
        problem {
          code
          message
        }
        added {
          name
          isGlobal
          scopes(first: 100) {
            nodes {
              displayName
              uuid
            }
          }
        }
        removed {
          name
          isGlobal
          scopes(first: 100) {
            nodes {
              displayName
              uuid
            }
          }
        }
        subject {
          id
          ...roles_subject
        }
      }
    }
  }
`;

const revoke = graphql`
  mutation changeDialogRevokeMutation($input: RoleChangesInput!) {
    revokeRoles(input: $input) {
      results {
        status
        problem {
          code
          message
        }
        added {
          name
          isGlobal
          scopes(first: 100) {
            nodes {
              displayName
              uuid
            }
          }
        }
        removed {
          name
          isGlobal
          scopes(first: 100) {
            nodes {
              displayName
              uuid
            }
          }
        }
        subject {
          id
          ...roles_subject
        }
      }
    }
  }
`;

/** One change, as the dialog is asked for it. */
export interface Change {
  readonly kind: 'assign' | 'revoke';
  readonly subject: { readonly reference: string; readonly type: string };
  readonly roleName: string;
  readonly at: GrantPlaceInput;
  /** True: it grants everywhere, or takes somebody's last scope. The role's name has to be typed. */
  readonly isGrave: boolean;
}

type Result = changeDialogAssignMutation['response']['assignRoles']['results'][number];

interface Step {
  readonly isDry: boolean;
  readonly result?: Result;
  readonly failure?: { readonly title: string; readonly message: string };
}

/** First a dry run in words, then the change, then what upstream says now. */
export const ChangeDialog = ({ change, onClose }: { readonly change: Change; readonly onClose: () => void }) => {
  const environment = useRelayEnvironment();
  const [step, setStep] = useState<Step | undefined>();
  const [isRunning, setRunning] = useState(false);
  const [typed, setTyped] = useState('');

  const run = (isDry: boolean): void => {
    setRunning(true);
    const input = {
      dryRun: isDry,
      changes: [
        {
          subject: { reference: change.subject.reference, type: change.subject.type as SubjectType },
          roleName: change.roleName,
          at: change.at,
        },
      ],
    };
    const onError = (error: Error): void => {
      setRunning(false);
      const failure = error instanceof GraphError ? error.failure : { code: 'INTERNAL', message: error.message };
      setStep({
        isDry,
        failure: { title: explanations[failure.code]?.title ?? 'This failed', message: failure.message },
      });
    };
    const onResult = (results: readonly Result[]): void => {
      setRunning(false);
      setStep({ isDry, ...(results[0] !== undefined && { result: results[0] }) });
    };
    if (change.kind === 'assign') {
      commitMutation<changeDialogAssignMutation>(environment, {
        mutation: assign,
        variables: { input },
        onError,
        onCompleted: ({ assignRoles }) => onResult(assignRoles.results),
      });
    } else {
      commitMutation<changeDialogRevokeMutation>(environment, {
        mutation: revoke,
        variables: { input },
        onError,
        onCompleted: ({ revokeRoles }) => onResult(revokeRoles.results),
      });
    }
  };

  const isDone = step !== undefined && !step.isDry;
  const mayRun =
    step?.isDry === true && step.result?.status === 'WOULD_CHANGE' && (!change.isGrave || typed === change.roleName);
  return (
    <Modal
      opened
      onClose={onClose}
      title={change.kind === 'assign' ? 'Assign a role' : 'Revoke a role'}
      size="lg"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <Stack gap="md">
        {step === undefined && <Text size="sm">First look at what would change. Nothing is written yet.</Text>}
        {step?.failure !== undefined && (
          <Alert color="red" variant="light" title={step.failure.title} role="alert">
            {step.failure.message}
          </Alert>
        )}
        {step?.result !== undefined && <Outcome result={step.result} />}
        {change.isGrave && step?.isDry === true && step.result?.status === 'WOULD_CHANGE' && (
          <TextInput
            label={`Type the name of the role, ${change.roleName}, to go on`}
            value={typed}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {isDone ? 'Close' : 'Cancel'}
          </Button>
          {step?.isDry !== true || step.result?.status !== 'WOULD_CHANGE' ? (
            <Button loading={isRunning} onClick={() => run(true)} variant={isDone ? 'default' : 'filled'}>
              {isDone ? 'Look again' : 'Show what would change'}
            </Button>
          ) : (
            <Button
              loading={isRunning}
              disabled={!mayRun}
              color={change.kind === 'revoke' ? 'red' : 'accent'}
              onClick={() => run(false)}
            >
              {change.kind === 'assign' ? 'Assign' : 'Revoke'}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
};

const titles: Readonly<Record<string, { readonly title: string; readonly color: string }>> = {
  WOULD_CHANGE: { title: 'This would change', color: 'blue' },
  CHANGED: { title: 'Changed', color: 'green' },
  UNCHANGED: { title: 'It is so already: nothing was written', color: 'gray' },
  FAILED: { title: 'Not changed', color: 'red' },
  UNKNOWN: { title: 'Whether this was done is not known', color: 'yellow' },
};

type Part = Result['added'][number];

const Outcome = ({ result: { status, problem, added, removed } }: { readonly result: Result }) => {
  const { title, color } = titles[status] ?? { title: status, color: 'gray' };
  return (
    <Alert variant="light" color={color} title={title} role="status" data-status={status}>
      <Stack gap={4}>
        {problem != null && <Text size="sm">{problem.message}</Text>}
        <List size="sm">
          {added.map((part, index) => (
            <List.Item key={`+${index}`}>
              {sentence(part, status === 'WOULD_CHANGE' ? 'will hold' : 'now holds')}
            </List.Item>
          ))}
          {removed.map((part, index) => (
            <List.Item key={`-${index}`}>
              {sentence(part, status === 'WOULD_CHANGE' ? 'will no longer hold' : 'no longer holds')}
            </List.Item>
          ))}
        </List>
      </Stack>
    </Alert>
  );
};

const sentence = ({ name, isGlobal, scopes }: Part, verb: string): string =>
  isGlobal
    ? `${verb} ${name} everywhere`
    : `${verb} ${name} at ${scopes.nodes.map(({ displayName, uuid }) => displayName ?? uuid).join(', ')} and everywhere below`;
