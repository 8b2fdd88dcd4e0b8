import type { ApiRoute } from '../../core/route.ts';

/** What the product can do, as its console says it; each can be read or written. */
const functions = [
  'Access Rights',
  'Active Directory',
  'Agent Deployment',
  'Alerts',
  'Audit Log',
  'Certificates',
  'Client Tasks',
  'Dashboard',
  'Data Loss Prevention',
  'Device Control',
  'Domain Security Groups',
  'Dynamic Groups Templates',
  'Encryption',
  'Enterprise Inspector',
  'Groups & Computers',
  'Incidents',
  'Installers',
  'Licenses',
  'Mobile Devices',
  'Native User',
  'Network Isolation',
  'Notifications',
  'Patch Management',
  'Policies',
  'Quarantine',
  'Reports and Dashboard',
  'Scheduled Reports',
  'Server Settings',
  'Server Tasks and Triggers',
  'Send Email',
  'Sessions',
  'Static Groups',
  'Syslog',
  'Vulnerability Management',
  'Web Control',
] as const;

/** Areas of the consoles beside it, whose names have no blanks. */
const areas = [
  'security-viewer',
  'security-operator',
  'billing-viewer',
  'device-manager',
  'user-manager',
  'policy-manager',
  'report-viewer',
  'tenant-manager',
  'subscription-manager',
  'incident-responder',
  'audit-viewer',
  'api-client',
] as const;

/** Names that follow neither form: a dot in the middle, no tail, a tail of another kind, and one outside of ASCII. */
const others = [
  'Reports v2.1.Read',
  'Client Tasks.Antivirus.Write',
  'Client Tasks.Operating System.Use',
  'ESET LiveGuard.Submit',
  'superuser',
  'Two-Factor Authentication',
  'Überwachung & Zugriff.Read',
  'trailing dot.',
] as const;

let made: readonly string[] | undefined;

/** Names of all permissions that there are: about a hundred and twenty, in no order that means anything. */
export const permissionNames = (): readonly string[] =>
  (made ??= [
    ...functions.flatMap((name, i) => [
      `${name}.Read`,
      ...(i % 10 === 9 ? [] : [`${name}.Write`]),
      ...(i % 2 === 0 ? [`${name}.Use`] : []),
    ]),
    ...areas.flatMap((name) => [`${name}_Read`, `${name}_Write`]),
    ...others,
  ]);

/** `GET /v2/permissions`: all possible ones, whoever asks. */
export const listPermissions: ApiRoute = {
  method: 'GET',
  path: '/v2/permissions',
  functionality: 'permissions.read',
  list: () => {
    const names = permissionNames();
    return {
      field: 'permissions',
      size: names.length,
      rows: (from, to) => JSON.stringify(names.slice(from, to).map((name) => ({ name }))),
    };
  },
};
