import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';
import { useAddressState } from './address-state.ts';

/** A field whose text goes into the address a moment after the last key. */
export const TextFilter = ({ name, label }: { readonly name: string; readonly label: string }) => {
  const [value, setValue] = useAddressState(name);
  const [text, setText] = useState(value ?? '');
  const setLater = useDebouncedCallback(setValue, 250);
  return (
    <TextInput
      label={label}
      value={text}
      onChange={(event) => {
        setText(event.currentTarget.value);
        setLater(event.currentTarget.value);
      }}
      w={{ base: '100%', xs: 220 }}
    />
  );
};
