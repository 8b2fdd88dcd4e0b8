/** What is there at once where it is kept in this process, and later where it is kept beside it. */
export type Eventually<Value> = Value | Promise<Value>;
