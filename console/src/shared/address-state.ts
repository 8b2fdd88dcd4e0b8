import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** A value that stands in the address, so that the page can be sent to a colleague. Undefined where it is not there. */
export const useAddressState = (name: string): readonly [string | undefined, (value: string | undefined) => void] => {
  const [parameters, setParameters] = useSearchParams();
  const set = useCallback(
    (value: string | undefined): void =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          if (value === undefined || value === '') next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      ),
    [name, setParameters],
  );
  return [parameters.get(name) ?? undefined, set];
};
