import { Alert, Group, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { CredentialForm } from './credential-form.tsx';

/** Says that the credential has ended, and takes a new one. The page below stays as it is. */
export const ExpiredBar = () => (
  <Alert color="yellow" variant="light" icon={<IconKey />} title="Your sign-in has ended" mb="md" role="alert">
    <Group align="end" gap="sm">
      <Text size="sm">What you were looking at stays. A new token lets the work go on.</Text>
      <CredentialForm />
    </Group>
  </Alert>
);
