import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFault, parseSandboxFlags } from '../../src/sandbox/control/flags.ts';
import { defaultSettings } from '../../src/sandbox/core/settings.ts';
import { openSandbox } from './client.ts';

const readme = readFileSync(new URL('../../src/sandbox/README.md', import.meta.url), 'utf8');

describe("the sandbox's README", () => {
  it('lists every user with its password', async () => {
    const { users } = await openSandbox({ subjects: 2 });
    for (const { name, password } of users) expect(readme).toContain(`| \`${name}\` | \`${password}\` |`);
  });

  it('names only requests that the control interface knows, and all of them', async () => {
    const sandbox = await openSandbox({ subjects: 2 });
    const listed = [...readme.matchAll(/^\| `([A-Z]+) (\/sandbox\/[^`]+)`/gm)].map(([, method = '', path = '']) => [
      method,
      path,
    ]);
    expect(listed).toHaveLength(25);
    const unknown: unknown[] = [];
    for (const [method = '', path = ''] of listed) {
      const response = await fetch(`${sandbox.url}${path}`, { method });
      const { message = '' } = JSON.parse((await response.text()) || '{}') as { message?: string };
      if (response.status === 405 || message.includes('no such path')) unknown.push([method, path]);
    }
    expect(unknown).toEqual([]);
  });

  it('shows faults and flags that can be read', async () => {
    const paragraph = /A fault says[\s\S]*?\n\n/.exec(readme)?.[0] ?? '';
    const faults = [...paragraph.matchAll(/`([^`]*=[^`]*)`/g)].map(([, text = '']) => text);
    expect(faults).toHaveLength(4);
    for (const fault of faults) await expect(parseFault(fault)).resolves.toBeDefined();
    const fairUse = /`(burst=[^`]*)`/.exec(readme)?.[1];
    expect((await parseSandboxFlags({ fairUse })).fairUse).toEqual(defaultSettings.fairUse);
  });
});
