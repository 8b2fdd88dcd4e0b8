const typeWords: Readonly<Record<string, string>> = {
  UNSPECIFIED: 'unspecified',
  USER: 'user',
  DEVICE: 'device',
  USER_GROUP: 'user group',
  MANAGED_IDENTITY: 'managed identity',
  SERVICE: 'service',
  UNKNOWN: 'unknown type',
};

const kindWords: Readonly<Record<string, string>> = {
  ASSET_GROUP: 'static group',
  CUSTOMER: 'customer',
  DEVICE: 'device',
  MSP: 'MSP',
  POLICY: 'policy',
  SITE: 'site',
  SUBSCRIPTION: 'subscription',
  TENANT: 'tenant',
  USER: 'user',
  UNKNOWN: 'unknown kind',
};

const missingNames: Readonly<Record<string, string>> = {
  MISSING: 'not found',
  FORBIDDEN: 'no access to names',
  UNAVAILABLE: 'names not available now',
  NO_SOURCE: 'no source of names',
  FOUND: 'no name',
};

/** What people call a type of subject. A type that is newer than this page is said as it is. */
export const typeWord = (type: string): string => typeWords[type] ?? type;
/** What people call a kind of scope. */
export const kindWord = (kind: string): string => kindWords[kind] ?? kind;
/** Why there is no name. */
export const noNameWord = (resolution: string): string => missingNames[resolution] ?? resolution;

/** What stands behind the number of hits where some names could not be looked through; empty where all were. */
export const notSearchedText = (gaps: readonly { readonly source: string }[]): string =>
  gaps.length === 0
    ? ''
    : `; names not searched: ${gaps.map(({ source }) => source.toLowerCase().replaceAll('_', ' ')).join(', ')}`;

const count = new Intl.NumberFormat();
const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const exactMoment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const time = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

/** A number in the browser's locale. */
export const countText = (value: number | null | undefined): string => (value == null ? '…' : count.format(value));
/** A moment in the browser's locale and time zone. */
export const momentText = (iso: string): string => moment.format(new Date(iso));
/** The same to the second. */
export const exactMomentText = (iso: string): string => exactMoment.format(new Date(iso));
/** The time of a day, to the second. */
export const timeText = (iso: string): string => time.format(new Date(iso));
/** The beginning of a uuid, for where it stands in for a name among others. Anything else is left whole. */
export const shortUuid = (text: string): string => (isUuid(text) ? `${text.slice(0, 8)}…` : text);
/** Whether a text reads as a uuid: nobody's name. */
export const isUuid = (text: string): boolean => /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(text);
