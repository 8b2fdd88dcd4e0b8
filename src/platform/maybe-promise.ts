/** Something that is there, or comes later. Of a promise for each thing, thousands cost more than the things: what is known is told at once. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** Makes something of a value: at once where it is there. */
export const andThen = <Value, Next>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Next>,
): MaybePromise<Next> => (value instanceof Promise ? value.then(next) : next(value));

/** Makes something once, when it is first asked for. What comes later is there at once for those who ask when it has come. */
export const onceSettled = <Value>(make: () => MaybePromise<Value>): (() => MaybePromise<Value>) => {
  let made: { value: MaybePromise<Value> } | undefined;
  return () => {
    if (made !== undefined) return made.value;
    const first = (made = { value: make() });
    if (first.value instanceof Promise) first.value = first.value.then((value) => (first.value = value));
    return first.value;
  };
};

/** The same for each of many things, for as long as there is the thing. */
export const onceSettledFor = <Key extends object, Value>(
  make: (key: Key) => MaybePromise<Value>,
): ((key: Key) => MaybePromise<Value>) => {
  const all = new WeakMap<Key, () => MaybePromise<Value>>();
  return (key) => {
    let of = all.get(key);
    if (of === undefined) all.set(key, (of = onceSettled(() => make(key))));
    return of();
  };
};
