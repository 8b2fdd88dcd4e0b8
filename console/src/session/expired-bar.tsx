import { Alert, Button, Group, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { gatewayFacts } from '../app/gateway-facts.ts';
import { CredentialForm } from './credential-form.tsx';
import { useSession } from './session.tsx';

const { accounts } = gatewayFacts;

const Accounts = () => {
  const { signIn } = useSession();
  return (
    <Group gap="xs">
      {accounts.map(({ name, token }) => (
        <Button key={name} size="xs" variant="default" onClick={() => signIn(token)}>
          {name}
        </Button>
      ))}
    </Group>
  );
};

/** Says that the credential has ended, and takes a new one. The page below stays as it is. */
export const ExpiredBar = () => (
  <Alert color="yellow" variant="light" icon={<IconKey />} title="Your sign-in has ended" mb="md" role="alert">
    <Group align="end" gap="sm">
      <Text size="sm">What you were looking at stays. A new token lets the work go on.</Text>
      {accounts.length > 0 ? <Accounts /> : <CredentialForm />}
    </Group>
  </Alert>
);
