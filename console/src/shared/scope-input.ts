import type { ScopeInput } from '../__generated__/pageSubjectsQuery.graphql';

const fields: readonly string[] = [
  'assetGroupUuid',
  'customerUuid',
  'deviceUuid',
  'mspUuid',
  'policyUuid',
  'siteUuid',
  'subscriptionUuid',
  'tenantUuid',
  'userUuid',
];

/** A scope as it stands in an address, `field:uuid`, for the graph. Undefined where it is none. */
export const readScopeInput = (text: string | null | undefined): ScopeInput | undefined => {
  const [field = '', uuid = ''] = (text ?? '').split(':');
  return fields.includes(field) && uuid !== '' ? ({ [field]: uuid } as ScopeInput) : undefined;
};

/** The same the other way round, of a scope by its components. Undefined where the graph takes no such scope. */
export const scopeInputText = ({
  uuid,
  components,
}: {
  readonly uuid: string;
  readonly components: readonly { readonly field: string; readonly uuid: string }[];
}): string | undefined => {
  const field = components.find((component) => component.uuid === uuid)?.field;
  return field !== undefined && fields.includes(field) ? `${field}:${uuid}` : undefined;
};
