import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/model/errors.ts';
import { promptPassword } from '../../src/cli/password-prompt.ts';

const terminal = () => {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => input });
  const output = new PassThrough();
  return { input, output, shown: () => String(output.read() ?? '') };
};

describe('the password prompt', () => {
  it('reads a line and shows nothing of it', async () => {
    const { input, output, shown } = terminal();
    const answer = promptPassword('Password: ', input, output);
    input.write('s3cret words\r');
    expect(await answer).toBe('s3cret words');
    expect(shown()).toBe('Password: \n');
  });

  it.each([
    ['an empty line', '\r'],
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])('refuses %s', async (_name, keys) => {
    const { input, output } = terminal();
    const answer = promptPassword('Password: ', input, output);
    input.write(keys);
    await expect(answer).rejects.toThrow(ConfigError);
  });

  it('says what to set where there is no terminal', () => {
    expect(() => promptPassword('Password: ', new PassThrough(), new PassThrough())).toThrow(/ROLESCOPE_PASSWORD/);
  });
});
