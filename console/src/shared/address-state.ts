import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** Writes values into the address; undefined and empty ones go out of it. */
export const useSetAddress = (): ((values: Readonly<Record<string, string | undefined>>) => void) => {
  const [, setParameters] = useSearchParams();
  return useCallback(
    (values) =>
      setParameters(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [name, value] of Object.entries(values)) {
            if (value === undefined || value === '') next.delete(name);
            else next.set(name, value);
          }
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
};

/** A value that stands in the address, so that the page can be sent to a colleague. Undefined where it is not there. */
export const useAddressState = (name: string): readonly [string | undefined, (value: string | undefined) => void] => {
  const [parameters] = useSearchParams();
  const setAddress = useSetAddress();
  const set = useCallback((value: string | undefined): void => setAddress({ [name]: value }), [name, setAddress]);
  return [parameters.get(name) ?? undefined, set];
};
