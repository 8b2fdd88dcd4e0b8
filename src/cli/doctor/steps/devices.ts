import { listDeviceGroups } from '../../../upstream/endpoints/device-groups.ts';
import { listDevices } from '../../../upstream/endpoints/devices.ts';
import { directoryStep } from './directory-step.ts';

const domain = {
  address: 'devicesUrl',
  variable: 'ROLESCOPE_DEVICES_URL',
  right: 'Its permission set needs the functionality that the console calls "Groups & Computers", to read.',
} as const;

/** Whether devices and groups have names, and scopes their place in the tree. */
export const deviceSteps = [
  directoryStep({ ...domain, name: 'devices may be read', endpoint: listDevices, missing: 'names of devices' }),
  directoryStep({
    ...domain,
    name: 'device groups may be read',
    endpoint: listDeviceGroups,
    missing:
      'names of static groups and of the customers, MSPs and sites that they stand for, and the paths and children of scopes',
  }),
];
