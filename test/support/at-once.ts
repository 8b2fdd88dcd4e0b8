/** What needed no waiting for. Throws where it did. */
export const atOnce = <Value>(value: Value | Promise<Value>): Value => {
  if (value instanceof Promise) throw new Error('this was to be there at once');
  return value;
};
