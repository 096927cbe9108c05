/** Where something can be had by its key. */
export interface Source<Key, Value> {
  /** Undefined where there is no such thing. Throws a retryable UsherError where nobody can be asked. */
  find(key: Key): Promise<Value | undefined>;
}
