import { Alert, Card, Code, Stack, Text, Title, UnstyledButton, VisuallyHidden } from '@mantine/core';
import { IconArrowRight } from '@tabler/icons-react';
import { useEffect } from 'react';
import { gatewayFacts, type SandboxAccount } from '../app/gateway-facts.ts';
import { CredentialForm } from './credential-form.tsx';
import { useSession } from './session.tsx';
import classes from './sign-in.module.css';

/** Says what the gateway expects, in the words of its mode, and takes it. */
export const SignIn = () => {
  const { credential } = useSession();
  useEffect(() => {
    document.title = 'Sign in · Rolescope';
  }, []);
  return (
    <Stack maw={620} mx="auto" mt={{ base: 'sm', sm: 'xl' }} gap="md">
      <Stack gap={4}>
        <Title order={1} size="h2">
          Sign in
        </Title>
        <Text c="dimmed">Rolescope shows who holds which role where in ESET Connect, and why.</Text>
      </Stack>
      {credential !== undefined && (
        <Alert color="red" variant="light" title="That was not accepted" role="alert">
          It may have ended, or belong to another region. Try a fresh one.
        </Alert>
      )}
      {gatewayFacts.mode === 'sandbox' && gatewayFacts.accounts.length > 0 ? <SandboxAccounts /> : <Expected />}
      <Text size="xs" c="dimmed">
        What you sign in with stays in this tab. It is gone when you sign out or close it.
      </Text>
    </Stack>
  );
};

const SandboxAccounts = () => (
  <>
    <Text size="sm">This gateway serves made-up data. Look at it as one of its API users:</Text>
    <Card withBorder padding={0} component="ul" className={classes['accounts']}>
      {gatewayFacts.accounts.map((account) => (
        <Account key={account.name} {...account} />
      ))}
    </Card>
  </>
);

const Account = ({ name, description, token }: SandboxAccount) => {
  const { signIn } = useSession();
  return (
    <li>
      <UnstyledButton className={classes['account']} onClick={() => signIn(token)}>
        <div>
          <Text fw={500} size="sm" style={{ overflowWrap: 'anywhere' }}>
            <VisuallyHidden>Sign in as </VisuallyHidden>
            {name}
          </Text>
          <Text size="xs" c="dimmed">
            {description}
          </Text>
        </div>
        <IconArrowRight size={16} aria-hidden />
      </UnstyledButton>
    </li>
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
