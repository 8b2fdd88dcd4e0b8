import type { GatewaySettings, Sandbox } from '../../src/index.ts';

/** Where a gateway finds a sandbox: each of its domains, and where it logs in. */
export const addressesOf = ({ url, tokenUrl, urls }: Sandbox): GatewaySettings => ({
  upstreamUrl: url,
  tokenUrl,
  usersUrl: urls.users,
  devicesUrl: urls.devices,
  policiesUrl: urls.policies,
});
