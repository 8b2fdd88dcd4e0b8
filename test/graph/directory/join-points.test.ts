import { afterEach, describe, expect, it } from 'vitest';
import { namedWorld, uuidOf } from '../../directory/named-world.ts';
import { runGateway, type RunningGateway } from '../../support/running-gateway.ts';

const [company, office, dynamic] = [uuidOf('group', 0), uuidOf('group', 1), uuidOf('group', 2)];
const team = uuidOf('other', 0);
const roles = [
  {
    roleName: 'auditor',
    scopes: [
      { assetGroupUuid: company },
      { policyUuid: uuidOf('policy', 0) },
      { customerUuid: company, siteUuid: uuidOf('other', 9), assetGroupUuid: office },
      { siteUuid: company },
    ],
  },
];
const world = () =>
  namedWorld({
    subjects: [
      { subjectReference: uuidOf('user', 0), subjectType: 'SUBJECT_TYPE_USER', roles },
      { subjectReference: uuidOf('device', 0), subjectType: 'SUBJECT_TYPE_DEVICE', roles: [] },
      { subjectReference: team, subjectType: 'SUBJECT_TYPE_USER_GROUP', roles: [] },
    ],
    directory: {
      users: [
        {
          uuid: uuidOf('user', 0),
          displayName: 'Věra',
          primaryEmailAddress: 'vera@people.example',
          proxyEmailAddresses: ['v@people.example'],
          jobTitle: 'Nurse',
          department: '',
          userGroupUuids: [team],
          protectionStatus: 'PROTECTION_STATUS_FULLY_PROTECTED',
        },
        { uuid: uuidOf('user', 1), displayName: 'Adam', userGroupUuids: [team] },
        { uuid: uuidOf('user', 2), displayName: 'Adam', userGroupUuids: [team] },
        { uuid: uuidOf('user', 3), displayName: 'Elsewhere' },
      ],
      devices: [
        {
          uuid: uuidOf('device', 0),
          displayName: 'Laptop',
          deviceType: 'DEVICE_TYPE_NOTEBOOK',
          operatingSystem: { displayName: 'Windows 11' },
          lastSyncTime: '2026-05-01T10:00:00Z',
          functionalityStatus: 'DEVICE_FUNCTIONALITY_STATUS_OK',
          isMobile: false,
          parentGroupUuid: office,
          tags: ['lent'],
        },
      ],
      deviceGroups: [
        {
          uuid: company,
          displayName: 'Company',
          isSecurityGroup: true,
          linkedEntityType: 'DEVICE_GROUP_ENTITY_TYPE_COMPANY',
        },
        { uuid: office, displayName: 'Office', isSecurityGroup: true, parentGroupUuid: company },
        { uuid: dynamic, displayName: 'Outdated', isSecurityGroup: false, parentGroupUuid: company },
      ],
      policies: [{ uuid: uuidOf('policy', 0), displayName: 'Antivirus', description: 'For all', builtIn: true }],
    },
  });

const query = /* GraphQL */ `
  query ($first: Int, $after: String) {
    subjects {
      nodes {
        principal {
          ... on User {
            eset {
              displayName
              email
              otherEmails
              jobTitle
              department
              userGroups {
                uuid
              }
              protectionStatus
            }
          }
          ... on Device {
            eset {
              displayName
              deviceType
              operatingSystem
              lastSyncTime
              functionalityStatus
              isMobile
              parentGroup {
                uuid
                eset {
                  displayName
                }
              }
              tags
            }
          }
          ... on UserGroup {
            members(first: $first, after: $after) {
              totalCount
              nodes {
                uuid
                eset {
                  displayName
                }
              }
              pageInfo {
                hasNextPage
                endCursor
              }
            }
          }
        }
        roles {
          nodes {
            scopes {
              nodes {
                kind
                displayName
                resolution
                target {
                  ... on Policy {
                    eset {
                      displayName
                      description
                      isBuiltIn
                    }
                  }
                  ... on AssetGroup {
                    eset {
                      displayName
                      isStatic
                      linkedTo
                      parentGroup {
                        uuid
                      }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
`;

interface Members {
  readonly totalCount: number;
  readonly nodes: readonly { readonly uuid: string; readonly eset: { readonly displayName: string } | null }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

interface Data {
  readonly subjects: {
    readonly nodes: readonly {
      readonly principal: { readonly eset?: object | null; readonly members?: Members | null };
      readonly roles: { readonly nodes: readonly { readonly scopes: { readonly nodes: readonly object[] } }[] };
    }[];
  };
}

describe('what ESET knows of a thing', () => {
  let gateway: RunningGateway;
  afterEach(() => gateway.close());

  const ask = async (variables: object = {}): Promise<Data> => {
    const { data, errors } = await gateway.ask<Data, object>(query, variables);
    expect(errors).toBeUndefined();
    return data as Data;
  };
  const membersOf = ({ subjects }: Data) =>
    subjects.nodes.find(({ principal }) => 'members' in principal)?.principal.members;

  it('is told of users, devices, groups and policies, enums without prefix and empty texts as null', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    const { subjects } = await ask();
    const esets = subjects.nodes.map(({ principal }) => principal.eset).filter((eset) => eset !== undefined);
    expect(esets).toHaveLength(2);
    expect(esets).toContainEqual({
      displayName: 'Věra',
      email: 'vera@people.example',
      otherEmails: ['v@people.example'],
      jobTitle: 'Nurse',
      department: null,
      userGroups: [{ uuid: team }],
      protectionStatus: 'FULLY_PROTECTED',
    });
    expect(esets).toContainEqual({
      displayName: 'Laptop',
      deviceType: 'NOTEBOOK',
      operatingSystem: 'Windows 11',
      lastSyncTime: '2026-05-01T10:00:00.000Z',
      functionalityStatus: 'OK',
      isMobile: false,
      parentGroup: { uuid: office, eset: { displayName: 'Office' } },
      tags: ['lent'],
    });
    const [role] = subjects.nodes.flatMap((node) => node.roles.nodes);
    expect(role?.scopes.nodes).toEqual([
      {
        kind: 'ASSET_GROUP',
        displayName: 'Company',
        resolution: 'FOUND',
        target: { eset: { displayName: 'Company', isStatic: true, linkedTo: 'CUSTOMER', parentGroup: null } },
      },
      {
        kind: 'POLICY',
        displayName: 'Antivirus',
        resolution: 'FOUND',
        target: { eset: { displayName: 'Antivirus', description: 'For all', isBuiltIn: true } },
      },
      // A composite scope is called what its narrowest component is called.
      {
        kind: 'ASSET_GROUP',
        displayName: 'Office',
        resolution: 'FOUND',
        target: { eset: { displayName: 'Office', isStatic: true, linkedTo: null, parentGroup: { uuid: company } } },
      },
      // The group of that uuid stands for a customer, and no site.
      { kind: 'SITE', displayName: null, resolution: 'NO_SOURCE', target: {} },
    ]);
  });

  it('is null, and nothing among the errors, where a domain fails', async () => {
    gateway = await runGateway({
      sandbox: {
        world: world(),
        faults: [
          { domain: 'users', status: 403 },
          { domain: 'devices', status: 501 },
        ],
      },
    });
    const data = await ask();
    expect(data.subjects.nodes.map(({ principal }) => principal)).toEqual(
      expect.arrayContaining([{ eset: null }, { eset: null }, { members: null }]),
    );
  });

  it('tells the members of a user group by name and then uuid, in pages', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    const first = membersOf(await ask({ first: 2 }));
    expect(first).toMatchObject({
      totalCount: 3,
      nodes: [
        { uuid: uuidOf('user', 1), eset: { displayName: 'Adam' } },
        { uuid: uuidOf('user', 2), eset: { displayName: 'Adam' } },
      ],
      pageInfo: { hasNextPage: true },
    });
    gateway.sandbox.clearTranscript();
    const second = membersOf(await ask({ first: 2, after: first?.pageInfo.endCursor }));
    expect(second).toMatchObject({
      totalCount: 3,
      nodes: [{ uuid: uuidOf('user', 0), eset: { displayName: 'Věra' } }],
      pageInfo: { hasNextPage: false },
    });
    expect(gateway.sandbox.transcript()).toEqual([]);
  });

  it('counts in the report of calls, by domain', async () => {
    gateway = await runGateway({ sandbox: { world: world() } });
    const { extensions } = await gateway.ask('{ subjects { nodes { displayName } } }');
    expect(extensions?.upstream).toMatchObject({ calls: 3, byDomain: { identity: 1, users: 1, devices: 1 } });
  });
});
