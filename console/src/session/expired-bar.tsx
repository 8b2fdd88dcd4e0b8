import { Alert, Anchor, Button, Group, Text } from '@mantine/core';
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
      <Anchor component="button" type="button" size="sm" onClick={() => window.location.reload()}>
        None is taken: load the page again
      </Anchor>
    </Group>
  );
};

const newOne = `${gatewayFacts.mode === 'service' ? 'Another API key or JWT' : 'A new token'} lets the work go on.`;

/** Says that the credential has ended, and takes a new one. The page below stays as it is. */
export const ExpiredBar = () => (
  <Alert color="yellow" variant="light" icon={<IconKey />} title="Your sign-in has ended" mb="md" role="alert">
    <Group align="end" gap="sm">
      <Text size="sm">What you were looking at stays. {accounts.length > 0 ? 'Go on as one of these.' : newOne}</Text>
      {accounts.length > 0 ? <Accounts /> : <CredentialForm />}
    </Group>
  </Alert>
);
