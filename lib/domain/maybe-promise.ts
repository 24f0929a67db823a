/**
 * A value that is usually there at once, and only sometimes has to be waited for. The path of a prediction waits only
 * then: each `await` takes a turn of the microtask queue and half a kilobyte.
 */
export type MaybePromise<T> = T | Promise<T>

/** `next` of the value: at once if it is there. */
export const andThen = <T, U>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<U>,
): MaybePromise<U> => (value instanceof Promise ? value.then(next) : next(value))
