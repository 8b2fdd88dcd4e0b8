import { useEffect, useState } from 'react';
import { flushSync } from 'react-dom';

/** True while the browser prints: the paper gets every row that was read, and the moment. */
export const useIsPrinting = (): boolean => {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    const paper = window.matchMedia('print');
    // At once: the browser does not wait for what is drawn later.
    const note = (): void => flushSync(() => setPrinting(paper.matches));
    const begin = (): void => flushSync(() => setPrinting(true));
    const end = (): void => setPrinting(false);
    paper.addEventListener('change', note);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      paper.removeEventListener('change', note);
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting;
};
