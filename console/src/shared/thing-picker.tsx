import { Combobox, InputBase, Loader, Text, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { graphql } from 'react-relay';
import { useSearch } from './use-search.ts';
import { kindWord, typeWord } from './words.ts';
import type { thingPickerQuery, thingPickerQuery$data } from '../__generated__/thingPickerQuery.graphql';

const question = graphql`
  query thingPickerQuery($text: String!, $kinds: [SearchKind!]) {
    search(text: $text, kinds: $kinds, first: 12) {
      nodes {
        __typename
        ... on Subject {
          reference
          type
          displayName
          email
        }
        ... on Scope {
          id
          kind
          uuid
          displayName
          components {
            field
            uuid
          }
        }
        ... on Role {
          name
        }
      }
    }
  }
`;

interface Choice {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
  /** The type of a subject, the id of a scope. */
  readonly more?: string;
}

export interface ThingPickerProps {
  readonly label: string;
  readonly kind: 'SUBJECT' | 'SCOPE' | 'ROLE';
  /** A reference, a role's name, or a scope as `field:uuid`. */
  readonly value: string | undefined;
  readonly valueLabel: string | undefined;
  /** `more` is the type of a subject and the id of a scope. */
  readonly onPick: (value: string | undefined, label: string | undefined, more?: string) => void;
  /** Present: what is typed is offered too, as such a thing, as it may exist without holding or being held. */
  readonly takesOther?: string;
  /** As wide as there is room. */
  readonly isWide?: boolean;
}

/** A field that finds one subject, scope or role by what people know of it. */
export const ThingPicker = ({
  label,
  kind,
  value,
  valueLabel,
  onPick,
  takesOther,
  isWide = false,
}: ThingPickerProps) => {
  const [text, setText] = useState(valueLabel ?? '');
  const [asked] = useDebouncedValue(text.trim(), 150);
  const {
    found: answer,
    isAsking,
    failure,
  } = useSearch<thingPickerQuery>(
    question,
    asked.length < 2 || asked === valueLabel ? undefined : { text: asked, kinds: [kind] },
  );
  const found = (answer?.search?.nodes ?? []).flatMap((node) => choiceOf(node) ?? []);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });

  useEffect(() => setText(valueLabel ?? ''), [valueLabel]);

  const other = text.trim();
  const choices =
    takesOther === undefined || isAsking || other.length < 2 || found.some((choice) => choice.value === other)
      ? found
      : [...found, { value: other, label: other, detail: `${takesOther}, as typed` }];
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(picked) => {
        const choice = choices.find((candidate) => candidate.value === picked);
        onPick(picked, choice?.label, choice?.more);
        setText(choice?.label ?? picked);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={label}
          value={text}
          placeholder="Type to search"
          rightSection={
            isAsking ? (
              <Loader size={14} />
            ) : value === undefined ? null : (
              <Combobox.ClearButton onClear={() => onPick(undefined, undefined)} aria-label={`Clear ${label}`} />
            )
          }
          onChange={(event) => {
            setText(event.currentTarget.value);
            if (event.currentTarget.value === '') onPick(undefined, undefined);
            combobox.openDropdown();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown();
            setText(valueLabel ?? '');
          }}
          w={isWide ? '100%' : { base: '100%', xs: 280 }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={choices.length === 0 && !isAsking && (asked.length < 2 || asked === valueLabel)}>
        <Combobox.Options aria-label={`${label}: hits`} mah={320} style={{ overflowY: 'auto' }}>
          {choices.map((choice) => (
            <Combobox.Option key={choice.value} value={choice.value}>
              <Text size="sm" truncate>
                {choice.label}
              </Text>
              <Text size="xs" c="dimmed" truncate>
                {choice.detail}
              </Text>
            </Combobox.Option>
          ))}
          {choices.length === 0 && (
            <Combobox.Empty>{isAsking ? 'Searching…' : (failure ?? 'Nothing found.')}</Combobox.Empty>
          )}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
};

type Found = NonNullable<thingPickerQuery$data['search']>['nodes'][number];

const choiceOf = (node: Found): Choice | undefined => {
  switch (node.__typename) {
    case 'Subject':
      return {
        value: node.reference,
        label: node.displayName ?? node.reference,
        detail: `${typeWord(node.type)} ${node.email ?? node.reference}`,
        more: node.type,
      };
    case 'Scope': {
      const field = node.components.find(({ uuid }) => uuid === node.uuid)?.field;
      return field === undefined
        ? undefined
        : {
            value: `${field}:${node.uuid}`,
            label: node.displayName ?? node.uuid,
            detail: `${kindWord(node.kind)} ${node.uuid}`,
            more: node.id,
          };
    }
    case 'Role':
      return { value: node.name, label: node.name, detail: 'role' };
    default:
      return undefined;
  }
};
