import { describe, expect, it } from 'vitest';
import { preferredWaitMs } from '../../src/operations/preferred-wait.ts';

describe('how long a client wants to wait', () => {
  it('is read from what RFC 7240 knows, among other preferences too', () => {
    for (const prefer of ['wait=3', 'Wait = 3', 'respond-async, wait=3', 'wait="3"; x=1', 'return=minimal;a, wait=3'])
      expect(preferredWaitMs({ prefer }), prefer).toBe(3000);
    expect(preferredWaitMs({ prefer: ['respond-async', 'wait=3'] })).toBe(3000);
  });

  it('is nothing where it cannot be read, or is no time at all', () => {
    for (const prefer of ['', 'wait', 'wait=', 'wait=0', 'wait=soon', 'wait=-1', 'wait=1.5', 'await=3', 'wait=9999999'])
      expect(preferredWaitMs({ prefer }), prefer).toBeUndefined();
    expect(preferredWaitMs({})).toBeUndefined();
  });
});
