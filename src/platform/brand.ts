declare const brand: unique symbol;

/** A `Base` that cannot be mistaken for another: only a deliberate cast makes one. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
