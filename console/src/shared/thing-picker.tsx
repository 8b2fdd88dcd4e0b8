import { Combobox, InputBase, Loader, Text, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useRelayEnvironment } from 'react-relay';
import { type Choice, findChoices, type ThingKind } from './find-choices.ts';

export interface ThingPickerProps {
  readonly label: string;
  readonly kind: ThingKind;
  readonly placeholder: string;
  /** A reference, a role's name, or a scope as `field:uuid`. */
  readonly value: string | undefined;
  readonly valueLabel: string | undefined;
  readonly onPick: (value: string | undefined, label: string | undefined) => void;
}

/** A field that finds one subject, scope or role by what people know of it. */
export const ThingPicker = ({ label, kind, placeholder, value, valueLabel, onPick }: ThingPickerProps) => {
  const environment = useRelayEnvironment();
  const [text, setText] = useState(valueLabel ?? '');
  const [asked] = useDebouncedValue(text.trim(), 150);
  const [choices, setChoices] = useState<readonly Choice[]>([]);
  const [isAsking, setAsking] = useState(false);
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });

  useEffect(() => setText(valueLabel ?? ''), [valueLabel]);
  useEffect(() => {
    setChoices([]);
    if (asked.length < 2 || asked === valueLabel) return undefined;
    let isWanted = true;
    setAsking(true);
    findChoices(environment, kind, asked)
      .then((found) => isWanted && setChoices(found))
      .catch(() => undefined)
      .finally(() => isWanted && setAsking(false));
    return () => {
      isWanted = false;
    };
  }, [environment, asked, kind, valueLabel]);

  const isHidden = asked.length < 2 || asked === valueLabel;
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(picked) => {
        const choice = choices.find((candidate) => candidate.value === picked);
        onPick(picked, choice?.label);
        setText(choice?.label ?? picked);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={label}
          value={text}
          placeholder={placeholder}
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
            combobox.updateSelectedOptionIndex();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => {
            combobox.closeDropdown();
            setText(valueLabel ?? '');
          }}
          w={{ base: '100%', xs: 280 }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={isHidden}>
        <Combobox.Options mah={320} style={{ overflowY: 'auto' }} aria-label={`Choices for ${label}`}>
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
          {choices.length === 0 && <Combobox.Empty>{isAsking ? 'Searching…' : 'Nothing found'}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
};
