import { beforeAll, describe, expect, it } from 'vitest';
import { browserNote, isBrowserMissing } from '../support/browser.ts';
import { administrator, customer } from './pages.ts';
import { useConsole } from './use-console.ts';

describe.skipIf(isBrowserMissing)(`what the pages of the console cost upstream${browserNote}`, () => {
  const used = useConsole();

  /** Opens pages one after the other at a gateway that has read nothing yet. Answers the calls that each of them cost. */
  const callsOf = async (...wanted: readonly (readonly [path: string, says: string])[]): Promise<string[][]> => {
    const gateway = await used.runAnother();
    const { page } = await used.openPage();
    const calls: string[][] = [];
    await page.goto(`${gateway.url}/nowhere`);
    await page.evaluate((token) => sessionStorage.setItem('rolescope.credential', token), gateway.sandbox.adminToken);
    for (const [path, says] of wanted) {
      gateway.sandbox.clearTranscript();
      await page.goto(`${gateway.url}${path}`);
      await page.getByRole('main').getByText(says).filter({ visible: true }).first().waitFor();
      await page.waitForLoadState('networkidle');
      calls.push(
        gateway.sandbox
          .transcript()
          .map(({ method, path: asked, query }) => `${method} ${asked} ${JSON.stringify(query)}`),
      );
    }
    await page.close();
    await gateway.close();
    return calls;
  };

  let ids: { readonly subject: string; readonly user: string; readonly scope: string; readonly other: string };
  beforeAll(async () => {
    const { data } = await used.gateway.ask<
      {
        subject: { id: string };
        user: { nodes: { id: string }[] };
        scope: { id: string };
        census: { scopes: { nodes: { id: string }[] } };
      },
      object
    >(`{
      subject(reference: "${administrator}") { id }
      user: subjects(first: 3, filter: { type: USER, roleName: "auditor" }) { nodes { id } }
      scope(by: { customerUuid: "${customer}" }) { id }
      census { scopes(first: 2, kind: CUSTOMER) { nodes { id } } }
    }`);
    if (data === undefined) throw new Error('the sandbox has lost its example');
    ids = {
      subject: data.subject.id,
      user: data.user.nodes[2]?.id ?? '',
      scope: data.scope.id,
      other: data.census.scopes.nodes[0]?.id ?? '',
    };
  });

  it('opens a subject with four calls at most, whoever it is, and what it can reach with none more', async () => {
    const [, ofAdministrator, ofUser, reach] = await callsOf(
      signedIn,
      [`/subjects/${ids.subject}`, administrator],
      [`/subjects/${ids.user}`, 'auditor'],
      [`/subjects/${ids.user}?tab=access`, 'grants reach this subject'],
    );
    expect(ofAdministrator?.length).toBeLessThanOrEqual(4);
    expect(ofUser?.length, ofUser?.join('\n')).toBeLessThanOrEqual(4);
    expect(reach).toEqual([]);
  });

  it('opens a scope with six calls at most where the tree of groups has been read', async () => {
    const [, first, second] = await callsOf(
      ['/scopes?view=tree', 'All'],
      [`/scopes/${ids.scope}`, 'subjects, as of'],
      [`/scopes/${ids.other}`, 'subjects, as of'],
    );
    expect(first?.length, first?.join('\n')).toBeLessThanOrEqual(6);
    expect(second?.length, second?.join('\n')).toBeLessThanOrEqual(6);
  });

  it('shows the overview of 2,000 subjects with eight calls at most, and a role after it with none but for names', async () => {
    const [calls, role] = await callsOf(['/', 'Roles with most holders'], ['/roles/auditor', 'of them everywhere']);
    expect(role?.filter((call) => call.includes('/v2/role-assignments'))).toEqual([]);
    expect(calls?.length, calls?.join('\n')).toBeLessThanOrEqual(8);
  });
});

/** Pays for signing in, and shows nothing. */
const signedIn = ['/check', 'Choose who'] as const;
