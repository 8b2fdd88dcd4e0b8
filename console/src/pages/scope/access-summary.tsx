import { Text } from '@mantine/core';
import { Gaps } from '../../shared/gaps.tsx';
import { countText, momentText } from '../../shared/words.ts';
import type { ComponentProps } from 'react';

interface AccessSummaryProps extends ComponentProps<typeof Gaps> {
  readonly totalCount: number | null | undefined;
  readonly asOf: string;
}

/** What is above a list of those who have access: what it may lack, how many they are, and when that was true. */
export const AccessSummary = ({ gaps, totalCount, asOf }: AccessSummaryProps) => (
  <>
    <Gaps gaps={gaps} />
    <Text size="sm" c="dimmed" mb={4}>
      {countText(totalCount)} subjects, as of {momentText(asOf)}
    </Text>
  </>
);
