import { mix } from '../../core/prng.ts';

const firstNames = (
  'Anna Björn Chloé Dmitri Élodie Fatima Giulia Hana Ivan Jörg Katarína Łukasz María Noam Özlem Petr Quentin Renée Søren ' +
  'Tomáš Uma Věra Wanjiru Ximena Yusuf Zuzana Åsa Ines Kofi Mei'
).split(' ');
const lastNames = (
  'Novák Müller García Horváth Dvořák Ivanova Kovács Nguyễn Okafor Peña Ødegård Rossi Šimek Tanaka Ürgün Van_der_Berg ' +
  'Weiß Yılmaz Żak Fernández Lefèvre O’Brien Kim'
).split(' ');

/** Names as people and importers write them. */
const oddNames = [
  'ليلى حداد',
  'דנה לוי',
  'Rocket 🚀 Zoë 👩‍💻',
  'Alexandria '.repeat(24).slice(0, 255),
  '<b onmouseover="alert(1)">Bob</b> & sons',
  "=cmd|' /C calc'!A0",
  '  Two  Blanks ',
  '山田 太郎',
];

const jobTitles = ['Accountant', 'Sales manager', 'Nurse', 'System administrator', 'Chef de projet', 'Lehrkraft', ''];
const departments = ['Finance', 'Sales', 'IT', 'Výroba', 'Operations'];
const companies =
  'Aspen Birch Cedar Dogwood Elm Fir Ginkgo Hazel Ironwood Juniper Kauri Larch Maple Nutmeg Oak Pine Quince Rowan Spruce Teak'.split(
    ' ',
  );
const trades = ['Logistics', 'Dental', 'Foods', 'Law', 'Metalworks', 'Travel', 'Pharmacy'];
const places = ['Bratislava', 'Köln', 'São Paulo', 'Warehouse', 'Head office', 'Łódź', 'Branch 2'];
const groupNames = ['Servers', 'Laptops', 'Reception', 'Workshop', 'Mobile devices', 'Quarantine'];

const pick = (items: readonly string[], seed: number, index: number, purpose: number): string =>
  items[mix(mix(seed, index), purpose) % items.length] as string;

/** The letters of mail addresses. */
const plain = (name: string): string =>
  name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z]/g, '')
    .toLowerCase();
const plainFirst = firstNames.map(plain);
const plainLast = lastNames.map(plain);

/** Every so many users have a name that is hard to show. */
const oddNameEvery = 40;

/** Name of a person. Some are equal. */
export const personName = (seed: number, index: number): string => {
  const odd = index % oddNameEvery === 5 ? oddNames[Math.floor(index / oddNameEvery) % oddNames.length] : undefined;
  return odd ?? `${pick(firstNames, seed, index, 1)} ${pick(lastNames, seed, index, 2).replaceAll('_', ' ')}`;
};

/** Mail address of a person. No two are equal. */
export const mailAddress = (seed: number, index: number, customer: number): string =>
  `${pick(plainFirst, seed, index, 1)}.${pick(plainLast, seed, index, 2)}.${index}@${companyName(seed, customer)
    .toLowerCase()
    .replaceAll(' ', '-')}.example`;

export const jobTitle = (seed: number, index: number): string => pick(jobTitles, seed, index, 3);
export const department = (seed: number, index: number): string => pick(departments, seed, index, 4);

/** Name of a customer. No two are equal. */
export const companyName = (seed: number, customer: number): string =>
  `${pick(companies, seed, customer, 5)} ${pick(trades, seed, customer, 6)} ${customer}`;

/** Names of sites and static groups are equal across customers. */
export const siteName = (seed: number, site: number): string => pick(places, seed, site, 7);
export const staticGroupName = (seed: number, group: number): string => pick(groupNames, seed, group, 8);

const models = ['LAPTOP', 'DESKTOP', 'SRV', 'iPhone', 'MacBook', 'TILL', 'RECEPTION-PC'];

/** Name of a device. Some are equal. */
export const deviceName = (seed: number, index: number): string => {
  const model = pick(models, seed, index, 9);
  if (model === 'RECEPTION-PC') return model;
  return `${model}-${(mix(seed, index) % 46_656).toString(36).toUpperCase().padStart(3, '0')}`;
};

export const policyName = (seed: number, index: number): string =>
  `${pick(['Antivirus', 'Firewall', 'Device control', 'Web access', 'Updates'], seed, index, 10)} ${pick(
    ['balanced', 'strict', 'for servers', 'nächtlich', '<default>'],
    seed,
    index,
    11,
  )}`;
