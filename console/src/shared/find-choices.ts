import { fetchQuery, graphql } from 'react-relay';
import type { IEnvironment } from 'relay-runtime';
import { kindWord, typeWord } from './words.ts';
import type { findChoicesMailQuery } from '../__generated__/findChoicesMailQuery.graphql';
import type { findChoicesReferenceQuery } from '../__generated__/findChoicesReferenceQuery.graphql';
import type { findChoicesRoleQuery } from '../__generated__/findChoicesRoleQuery.graphql';
import type { findChoicesScopeQuery } from '../__generated__/findChoicesScopeQuery.graphql';

export type ThingKind = 'SUBJECT' | 'SCOPE' | 'ROLE';

export interface Choice {
  readonly value: string;
  readonly label: string;
  readonly detail: string;
}

/** What the text may mean: a subject by mail or reference, a role by a part of its name, a scope by a part of its name or its uuid. */
export const findChoices = async (
  environment: IEnvironment,
  kind: ThingKind,
  text: string,
): Promise<readonly Choice[]> => {
  if (kind === 'ROLE') return rolesLike(environment, text);
  if (kind === 'SCOPE') return scopesLike(environment, text);
  return text.includes('@') ? subjectsOfMail(environment, text) : subjectOfReference(environment, text);
};

const subjectsOfMail = async (environment: IEnvironment, text: string): Promise<readonly Choice[]> => {
  const answer = await fetchQuery<findChoicesMailQuery>(
    environment,
    graphql`
      query findChoicesMailQuery($emails: [String!]!) {
        subjectsByEmail(emails: $emails) {
          reference
          type
          displayName
          email
        }
      }
    `,
    { emails: [text] },
  ).toPromise();
  return (answer?.subjectsByEmail ?? []).flatMap((subject) => (subject == null ? [] : [choiceOfSubject(subject)]));
};

const subjectOfReference = async (environment: IEnvironment, text: string): Promise<readonly Choice[]> => {
  const answer = await fetchQuery<findChoicesReferenceQuery>(
    environment,
    graphql`
      query findChoicesReferenceQuery($reference: String!) {
        subject(reference: $reference) {
          reference
          type
          displayName
          email
        }
      }
    `,
    { reference: text },
  ).toPromise();
  return answer?.subject == null ? [] : [choiceOfSubject(answer.subject)];
};

interface FoundSubject {
  readonly reference: string;
  readonly type: string;
  readonly displayName: string | null | undefined;
  readonly email: string | null | undefined;
}

const choiceOfSubject = ({ reference, type, displayName, email }: FoundSubject): Choice => ({
  value: reference,
  label: displayName ?? reference,
  detail: `${typeWord(type)} ${email ?? reference}`,
});

const rolesLike = async (environment: IEnvironment, text: string): Promise<readonly Choice[]> => {
  const answer = await fetchQuery<findChoicesRoleQuery>(
    environment,
    graphql`
      query findChoicesRoleQuery($text: String!) {
        census {
          roles(first: 12, nameContains: $text) {
            nodes {
              name
            }
          }
        }
      }
    `,
    { text },
  ).toPromise();
  return (answer?.census?.roles.nodes ?? []).map(({ name }) => ({ value: name, label: name, detail: 'role' }));
};

const mostChoices = 12;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const fieldOfKind: Readonly<Record<string, string>> = {
  ASSET_GROUP: 'assetGroupUuid',
  CUSTOMER: 'customerUuid',
  DEVICE: 'deviceUuid',
  MSP: 'mspUuid',
  POLICY: 'policyUuid',
  SITE: 'siteUuid',
  SUBSCRIPTION: 'subscriptionUuid',
  TENANT: 'tenantUuid',
  USER: 'userUuid',
};

/** Among the scopes with most holders, by name; a uuid may also be of a place where nobody holds anything, of any kind. */
const scopesLike = async (environment: IEnvironment, text: string): Promise<readonly Choice[]> => {
  const answer = await fetchQuery<findChoicesScopeQuery>(
    environment,
    graphql`
      query findChoicesScopeQuery {
        census {
          scopes(first: 1000) {
            nodes {
              kind
              uuid
              displayName
            }
          }
        }
      }
    `,
    {},
    { fetchPolicy: 'store-or-network' },
  ).toPromise();
  const sought = text.toLowerCase();
  const found = (answer?.census?.scopes.nodes ?? [])
    .filter(({ displayName, uuid: own }) => displayName?.toLowerCase().includes(sought) === true || own === sought)
    .map(choiceOfScope);
  if (found.length > 0 || !uuid.test(text)) return found.slice(0, mostChoices);
  return Object.keys(fieldOfKind).map((kind) => choiceOfScope({ kind, uuid: sought, displayName: undefined }));
};

interface FoundScope {
  readonly kind: string;
  readonly uuid: string;
  readonly displayName: string | null | undefined;
}

const choiceOfScope = ({ kind, uuid: own, displayName }: FoundScope): Choice => ({
  value: `${fieldOfKind[kind] ?? 'tenantUuid'}:${own}`,
  label: displayName ?? own,
  detail: `${kindWord(kind)} ${own}`,
});
