import type { ServerResponse } from 'node:http';
import { sendText } from './responses.ts';

/** Something that a gateway needs and has not. */
interface Missing {
  /** What is said of it, such as "upstream cannot be reached". */
  readonly what: string;
  /** Whether nobody can be answered without. */
  readonly isFatal: boolean;
}

/** What is missing for a gateway to answer; undefined where nothing is. Never fails. */
export type Readiness = () => Promise<Missing | undefined>;

/** Answers `/readyz`: 503 where nobody can be answered, or the gateway ends. */
export const answerReady = (response: ServerResponse, isEnding: boolean, readiness: Readiness): void => {
  if (isEnding) {
    sendText(response, 503, 'not ready: shutting down');
    return;
  }
  void readiness().then((missing) => {
    if (missing === undefined) sendText(response, 200, 'ready');
    else if (missing.isFatal) sendText(response, 503, `not ready: ${missing.what}`);
    else sendText(response, 200, `ready, but ${missing.what}`);
  });
};
