import { Alert, Code, List, Stack, Text } from '@mantine/core';
import { countText, kindWord } from '../shared/words.ts';
import { type Change, type ChangeResult, type HeldPart, placesLeft } from './change.ts';

interface OutcomeProps {
  readonly change: Change;
  readonly result: ChangeResult;
  readonly isDry: boolean;
  /** True: it was tried before, and how that ended was not known. */
  readonly isSecondLook: boolean;
}

/** What would come of a change, or came of it, in words. */
export const ChangeOutcome = ({ change, result, isDry, isSecondLook }: OutcomeProps) => {
  const { status, problem, added, removed, subject } = result;
  const { name } = change.subject;
  const { title, color } = (isSecondLook ? secondLooks[status] : undefined) ?? titles[status] ?? titles['UNKNOWN']!;
  return (
    <Alert variant="light" color={color} title={title} role="status" data-status={status}>
      <Stack gap={6}>
        {problem != null && <Text size="sm">{problem.message}</Text>}
        {added.map((part, index) => (
          <Sentence key={index} name={name} verb={isDry ? 'will hold' : 'now holds'} part={part} />
        ))}
        {removed.map((part, index) => (
          <Sentence
            key={index}
            name={name}
            verb={isDry ? 'will no longer hold' : 'no longer holds'}
            part={part}
            isGone
          />
        ))}
        {isDry && removed.length > 0 && <WhatStays {...{ change, result }} />}
        {!isDry && status !== 'FAILED' && (subject != null || status === 'CHANGED') && (
          <HeldNow name={name} roles={subject?.roles} />
        )}
      </Stack>
    </Alert>
  );
};

interface Heading {
  readonly title: string;
  readonly color: string;
}

const titles: Readonly<Record<string, Heading>> = {
  WOULD_CHANGE: { title: 'This would change. Nothing is written yet', color: 'blue' },
  CHANGED: { title: 'Done', color: 'green' },
  UNCHANGED: { title: 'It is so already: nothing is to be changed', color: 'gray' },
  FAILED: { title: 'Not changed', color: 'red' },
  UNKNOWN: { title: 'Whether this was done is not known', color: 'yellow' },
};

/** What a dry run tells of a change whose outcome was not known. */
const secondLooks: Readonly<Record<string, Heading>> = {
  WOULD_CHANGE: { title: 'It is not done, as far as ESET Connect shows now', color: 'yellow' },
  UNCHANGED: { title: 'It is done: ESET Connect shows it now', color: 'green' },
  FAILED: { title: 'Whether this was done is still not known', color: 'yellow' },
};

const WhatStays = ({ change: { roleName }, result: { removed, subject } }: Pick<OutcomeProps, 'change' | 'result'>) => {
  const left = placesLeft(roleName, removed, subject);
  return (
    <Text size="sm">
      {left === 0
        ? 'That is all of this role: nothing of it stays.'
        : `The role stays at ${left === 1 ? 'one other place' : `${countText(left)} other places`}.`}
    </Text>
  );
};

interface SentenceProps {
  readonly name: string;
  readonly verb: string;
  readonly part: HeldPart;
  /** True: it goes, and what is below goes without saying. */
  readonly isGone?: boolean;
}

const Sentence = ({ name, verb, part, isGone = false }: SentenceProps) => (
  <Text size="sm">
    <bdi>
      <b>{name}</b>
    </bdi>{' '}
    {verb} <Code>{part.name}</Code> <Where part={part} isGone={isGone} />
  </Text>
);

const Where = ({ part: { isGlobal, scopes }, isGone }: Pick<SentenceProps, 'part' | 'isGone'>) => {
  if (isGlobal) return <b>everywhere</b>;
  const more = (scopes.totalCount ?? 0) - scopes.nodes.length;
  return (
    <>
      at{' '}
      {scopes.nodes.map(({ id, kind, uuid, displayName }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          {kindWord(kind)}{' '}
          <bdi>
            <b>{displayName === null || displayName === '' ? uuid : displayName}</b>
          </bdi>
        </span>
      ))}
      {more > 0 && ` and ${countText(more)} more`}
      {isGone !== true && belowOf(scopes.nodes.map(({ kind }) => kind))}
    </>
  );
};

const kindsWithoutBelow: readonly string[] = ['DEVICE', 'POLICY', 'SUBSCRIPTION', 'USER', 'UNKNOWN'];

/** What a grant at these reaches beside them. */
const belowOf = (kinds: readonly string[]): string =>
  kinds.every((kind) => kindsWithoutBelow.includes(kind))
    ? ''
    : ` and everywhere below ${kinds.length === 1 ? 'it' : 'them'}`;

const shownRoles = 12;

/** What upstream says after the change, all of it: what was hoped counts for nothing. */
const HeldNow = ({
  name,
  roles,
}: {
  readonly name: string;
  readonly roles: NonNullable<ChangeResult['subject']>['roles'] | undefined;
}) => {
  const held = roles?.nodes ?? [];
  const more = (roles?.totalCount ?? held.length) - Math.min(held.length, shownRoles);
  return (
    <div>
      <Text size="xs" c="dimmed">
        ESET Connect says now: <bdi>{name}</bdi> {held.length === 0 ? 'holds no role.' : 'holds'}
      </Text>
      <List size="xs" listStyleType="none">
        {held.slice(0, shownRoles).map((part, index) => (
          <List.Item key={index}>
            <Code>{part.name}</Code> <Where part={part} isGone />
          </List.Item>
        ))}
        {more > 0 && <List.Item>and {countText(more)} more</List.Item>}
      </List>
    </div>
  );
};
