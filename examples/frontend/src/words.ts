/** A value of one of the graph's enums as people write it: `ASSET_GROUP` becomes "Asset group". */
export const wordOf = (value: string): string => {
  if (value === 'MSP') return value;
  const words = value.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** "1 role", "3 roles". */
export const countOf = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${count === 1 ? noun : `${noun}s`}`;
