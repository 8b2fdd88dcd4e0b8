import { Button, Group, PasswordInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { useSession } from './session.tsx';

/** Takes a token, an API key or a JWT, in the words of the mode that the gateway runs in. */
export const CredentialForm = () => {
  const { signIn } = useSession();
  const [text, setText] = useState('');
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const credential = text.trim().replace(/^bearer\s+/i, '');
    if (credential !== '') signIn(credential);
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="xs">
        <PasswordInput
          label={gatewayFacts.mode === 'service' ? 'API key or JWT' : 'Access token'}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          autoComplete="off"
          w={{ base: '100%', xs: 360 }}
          required
        />
        <Button type="submit" disabled={text.trim() === ''}>
          Sign in
        </Button>
      </Group>
    </form>
  );
};
