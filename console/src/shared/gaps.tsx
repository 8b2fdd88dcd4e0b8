import { Alert, List } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';

const sentences: Readonly<Record<string, string>> = {
  MEMBERS_FORBIDDEN: 'You may not read who is in a user group, so access through groups may be missing.',
  MEMBERS_UNAVAILABLE: 'Who is in a user group could not be read just now, so access through groups may be missing.',
  HIERARCHY_FORBIDDEN: 'You may not read the tree of groups, so access from above may be missing.',
  HIERARCHY_UNAVAILABLE: 'The tree of groups could not be read whole, so access from above may be missing.',
  NO_HIERARCHY: 'Nothing is known to stand above a scope of this kind, so access from above cannot be told.',
  UNIDENTIFIED_ANCESTOR:
    'A group above stands for a customer, MSP or site that cannot be told apart, so a grant there may be missing.',
};

/** What an answer about access leaves open, each in a sentence. Nothing where it leaves nothing open. */
export const Gaps = ({ gaps }: { readonly gaps: readonly string[] }) =>
  gaps.length === 0 ? null : (
    <Alert color="yellow" variant="light" icon={<IconInfoCircle />} title="Not everything is known" mb="sm">
      <List size="sm">
        {gaps.map((gap) => (
          <List.Item key={gap}>{sentences[gap] ?? gap}</List.Item>
        ))}
      </List>
    </Alert>
  );
