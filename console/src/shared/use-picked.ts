import { useEffect, useState } from 'react';

/**
 * What is picked of several, at once, while the address and what it asks for come after it: whoever picks two in a row would lose the first
 * otherwise. Follows the address where that changes by itself.
 */
export const usePicked = (
  given: readonly string[],
  tell: (picked: string[]) => void,
): readonly [picked: string[], pick: (picked: string[]) => void] => {
  const [picked, setPicked] = useState(() => [...given]);
  const text = given.join('\n');
  useEffect(() => setPicked(text === '' ? [] : text.split('\n')), [text]);
  return [
    picked,
    (next) => {
      setPicked(next);
      tell(next);
    },
  ];
};
