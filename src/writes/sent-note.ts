import type { WriteParts } from './write-parts.ts';

/** Everything that is kept is stale as soon as upstream may have changed, and again when it was seen what it is: others may have read in between. */
export const createSentNote = ({
  pages,
  operation,
  onChanged,
}: Pick<WriteParts, 'pages' | 'operation' | 'onChanged'>): SentNote => {
  let isSent = false;
  let requestId: string | undefined;
  const invalidate = async (): Promise<void> => {
    await pages.invalidate(operation.caller?.credentialKey ?? '');
    onChanged();
  };
  return {
    note: async (id: string | undefined): Promise<void> => {
      isSent = true;
      requestId = id ?? requestId;
      await invalidate();
    },
    settled: async (): Promise<void> => {
      if (isSent) await invalidate();
    },
    requestId: () => requestId,
  };
};

/** What is noted of a write while it is made. */
export interface SentNote {
  /** Upstream may have changed something from now on. */
  readonly note: (requestId: string | undefined) => Promise<void>;
  /** It was seen what became of it. */
  settled(): Promise<void>;
  /** Upstream's, of the last write that was answered. */
  requestId(): string | undefined;
}
