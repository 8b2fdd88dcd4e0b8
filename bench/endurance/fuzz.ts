import fc from 'fast-check';
import { complaintAbout, oddQuestion, oddRequest, sendOdd } from '../../test/support/odd-requests.ts';

export interface FuzzOptions {
  readonly gatewayUrl: string;
  readonly token: string;
  readonly requests: number;
  readonly seed: number;
}

/** What is kept of what is wrong. */
const maxComplaints = 5;
/** Requests under way at the same time. */
const width = 32;
const batchSize = 2000;

/** Sends odd requests, one in three a valid question with odd texts in it, and answers what was wrong with the answers. */
export const runFuzz = async ({ gatewayUrl, token, requests, seed }: FuzzOptions): Promise<readonly string[]> => {
  const complaints: string[] = [];
  const withToken = fc
    .boolean()
    .chain((hasToken) =>
      fc
        .oneof({ weight: 2, arbitrary: oddRequest }, { weight: 1, arbitrary: oddQuestion })
        .map((request) =>
          hasToken ? { ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } } : request,
        ),
    );
  for (let sent = 0; sent < requests && complaints.length < maxComplaints; sent += batchSize) {
    const batch = fc.sample(withToken, { numRuns: Math.min(batchSize, requests - sent), seed: seed + sent });
    const work = async (): Promise<void> => {
      for (let request = batch.pop(); request !== undefined; request = batch.pop()) {
        const complaint = await sendOdd(gatewayUrl, request).then(complaintAbout, (error: Error) => error.message);
        if (complaint !== undefined) complaints.push(`${JSON.stringify(request).slice(0, 500)}: ${complaint}`);
      }
    };
    await Promise.all(Array.from({ length: width }, work));
  }
  return complaints;
};
