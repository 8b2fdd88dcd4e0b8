import type { Machine, Person } from './people-and-devices.ts';

/**
 * Names made up for users and devices of the sandbox, so that both subgraphs speak of the same ones. In a company both learn the uuids from
 * the platform itself.
 */
export const findPeopleAndDevices = async (
  url: string,
  token: string,
): Promise<{ people: Person[]; machines: Machine[]; emails: string[] }> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({
      query: /* GraphQL */ `
        {
          users: subjects(first: 200, filter: { type: USER }) {
            nodes {
              reference
              email
            }
          }
          devices: subjects(first: 50, filter: { type: DEVICE }) {
            nodes {
              reference
            }
          }
        }
      `,
    }),
  });
  const { data } = (await response.json()) as {
    data: Record<'users' | 'devices', { nodes: { reference: string; email?: string | null }[] }>;
  };
  const people = data.users.nodes.map(({ reference }, index) => ({ uuid: reference, name: nameOf(index) }));
  const machines = data.devices.nodes.map(({ reference }, index) => ({
    uuid: reference,
    hostname: `pc-${String(index + 1).padStart(3, '0')}`,
    ownerUuid: people[index * 4]?.uuid ?? '',
  }));
  const emails = data.users.nodes.flatMap(({ email }) => email ?? []);
  return { people, machines, emails };
};

const givenNames = ['Ada', 'Boris', 'Chiara', 'Dana', 'Emil', 'Freya', 'Goran', 'Hana', 'Ivo', 'Jana'];
const familyNames = ['Novak', 'Kovac', 'Horvat', 'Marek', 'Olsen', 'Petit', 'Rossi', 'Silva', 'Tamm', 'Urban'];

const nameOf = (index: number): string =>
  `${givenNames[index % 10]} ${familyNames[(index * 3 + Math.floor(index / 10)) % 10]}`;
