import { Alert, Button, Card, Code, Group, Stack, Text, Title } from '@mantine/core';
import { gatewayFacts, type SandboxAccount } from '../app/gateway-facts.ts';
import { CredentialForm } from './credential-form.tsx';
import { useSession } from './session.tsx';

/** Says what the gateway expects, in the words of its mode, and takes it. */
export const SignIn = () => {
  const { credential } = useSession();
  return (
    <Stack maw={640} mx="auto" mt="xl" gap="lg">
      <Title order={1} size="h2">
        Sign in
      </Title>
      {credential !== undefined && (
        <Alert color="red" variant="light" title="That was not accepted" role="alert">
          It may have ended, or belong to another region. Try a fresh one.
        </Alert>
      )}
      {gatewayFacts.mode === 'sandbox' && gatewayFacts.accounts.length > 0 ? <SandboxAccounts /> : <Expected />}
    </Stack>
  );
};

const SandboxAccounts = () => (
  <>
    <Text>This gateway serves made-up data. Look at it as one of its API users:</Text>
    <Stack gap="sm">
      {gatewayFacts.accounts.map((account) => (
        <Account key={account.name} {...account} />
      ))}
    </Stack>
  </>
);

const Account = ({ name, description, token }: SandboxAccount) => {
  const { signIn } = useSession();
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap">
        <div>
          <Text fw={600} size="sm" style={{ overflowWrap: 'anywhere' }}>
            {name}
          </Text>
          <Text size="sm" c="dimmed">
            {description}
          </Text>
        </div>
        <Button
          variant="light"
          style={{ flex: 'none' }}
          onClick={() => signIn(token)}
          aria-label={`Sign in as ${name}`}
        >
          Sign in
        </Button>
      </Group>
    </Card>
  );
};

const Expected = () =>
  gatewayFacts.mode === 'service' ? (
    <>
      <Text>This gateway asks its callers for an API key or a JWT. Whoever runs it hands them out.</Text>
      <CredentialForm />
    </>
  ) : (
    <>
      <Text>
        This gateway passes your own access token to ESET Connect, and shows what it allows you to see. On the machine
        of your API user, this prints one that is good for an hour:
      </Text>
      <Code block>rolescope token --region eu --username api-user@example.com</Code>
      <CredentialForm />
    </>
  );
