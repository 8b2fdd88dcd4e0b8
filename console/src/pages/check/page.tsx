import { Alert, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconCheck, IconHelp, IconX } from '@tabler/icons-react';
import { Suspense } from 'react';
import { graphql } from 'react-relay';
import { useSearchParams } from 'react-router';
import { Gaps } from '../../shared/gaps.tsx';
import { PageHead } from '../../shared/page-head.tsx';
import { Reason } from '../../shared/reasons.tsx';
import { ThingPicker } from '../../shared/thing-picker.tsx';
import { usePageQuery } from '../../shared/use-page-query.ts';
import { RowsSkeleton } from '../../shared/waiting.tsx';
import { momentText } from '../../shared/words.ts';
import pageQueryNode, { type pageCheckQuery, type ScopeInput } from '../../__generated__/pageCheckQuery.graphql';

const question = graphql`
  query pageCheckQuery($reference: String!, $roleName: String!, $at: ScopeInput) {
    checkAccess(subject: { reference: $reference }, roleName: $roleName, at: $at) {
      asOf
      gaps
      isAllowed
      reasons {
        ...reasons_reason
      }
    }
  }
`;

/** "Can … do … at …?": one question, answered with yes, no, or what is not known. */
export const Page = () => {
  const [parameters, setParameters] = useSearchParams();
  const set = (name: string, value: string | undefined, label: string | undefined): void =>
    setParameters(
      (current) => {
        const next = new URLSearchParams(current);
        for (const [key, text] of [
          [name, value],
          [`${name}-name`, label],
        ] as const) {
          if (text === undefined) next.delete(key);
          else next.set(key, text);
        }
        return next;
      },
      { replace: true },
    );
  const who = parameters.get('who') ?? undefined;
  const role = parameters.get('role') ?? undefined;
  const at = parameters.get('at') ?? undefined;
  const [field = '', uuid = ''] = (at ?? '').split(':');
  const whoName = parameters.get('who-name') ?? who;
  const atName = parameters.get('at-name') ?? at;
  const variables =
    who === undefined || role === undefined
      ? undefined
      : { reference: who, roleName: role, at: at === undefined ? null : ({ [field]: uuid } as ScopeInput) };
  return (
    <>
      <PageHead
        title="Check"
        about="Can somebody act in a role at a place, and why?"
        {...(variables !== undefined && { query: { text: pageQueryNode.params.text, variables } })}
      />
      <Group align="end" gap="sm" mb="lg" className="no-print">
        <ThingPicker
          label="Can"
          kind="SUBJECT"
          value={who}
          valueLabel={whoName}
          onPick={(value, label) => set('who', value, label)}
        />
        <ThingPicker
          label="act as"
          kind="ROLE"
          value={role}
          valueLabel={role}
          onPick={(value) => set('role', value, undefined)}
        />
        <ThingPicker
          label="at (leave empty: anywhere)"
          kind="SCOPE"
          value={at}
          valueLabel={atName}
          onPick={(value, label) => set('at', value, label)}
        />
        <Button variant="default" onClick={() => setParameters(new URLSearchParams(), { replace: true })}>
          Clear
        </Button>
      </Group>
      {variables !== undefined && (
        <Text className="print-only" fw={600} mb="sm">
          Can {whoName} act as {role} {atName === undefined ? 'anywhere' : `at ${atName}`}?
        </Text>
      )}
      {variables === undefined ? (
        <Text c="dimmed">Choose who and which role. Where is optional.</Text>
      ) : (
        <Suspense fallback={<RowsSkeleton count={3} isCensus />}>
          <Answer key={JSON.stringify(variables)} variables={variables} name={whoName ?? variables.reference} />
        </Suspense>
      )}
    </>
  );
};

const Answer = ({ variables, name }: { readonly variables: pageCheckQuery['variables']; readonly name: string }) => {
  const { checkAccess: check } = usePageQuery<pageCheckQuery>(question, variables);
  if (check == null) return <Text c="dimmed">This could not be told just now.</Text>;
  const { isAllowed, reasons, gaps, asOf } = check;
  const verdict =
    isAllowed === true
      ? { title: 'Yes', color: 'green', icon: <IconCheck /> }
      : isAllowed === false
        ? { title: 'No', color: 'red', icon: <IconX /> }
        : { title: 'Not known', color: 'yellow', icon: <IconHelp /> };
  return (
    <Stack gap="sm">
      <Alert variant="light" {...verdict} role="status" data-verdict={verdict.title}>
        {isAllowed === null || isAllowed === undefined
          ? 'No, as far as is known, but not everything is.'
          : `As of ${momentText(asOf)}.`}
      </Alert>
      {reasons.length > 0 && (
        <Stack gap={4}>
          <Title order={2} size="h5">
            Why
          </Title>
          {reasons.map((reason, index) => (
            <Reason key={index} reason={reason} isPlaceNamed revocableOf={name} />
          ))}
        </Stack>
      )}
      <Gaps gaps={gaps} />
    </Stack>
  );
};
