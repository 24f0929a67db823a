/**
 * A part of the program that is loaded when one of its functions is first called. Many processes never call any: each
 * imported file takes some 40 kB.
 */

/** All of them answer later, so a caller cannot tell whether the part was loaded already. */
type AsyncFunctions<Functions> = {
  readonly [Name in keyof Functions]: (...call: never[]) => Promise<unknown>
}

/** A part that cannot be loaded is tried again by the next call. */
export function onFirstUse<Functions extends AsyncFunctions<Functions>>(
  load: () => Promise<Functions>,
): Functions {
  let loading: Promise<Functions> | null = null
  const loaded = (): Promise<Functions> =>
    (loading ??= load().catch((error: unknown) => {
      loading = null
      throw error
    }))
  return new Proxy<Functions>(Object.create(null), {
    // not `then`: such an object would count as a promise
    get: (_, name) =>
      typeof name === 'symbol' || name === 'then'
        ? undefined
        : async (...call: unknown[]) => Reflect.apply(Reflect.get(await loaded(), name), undefined, call),
    ownKeys() {
      throw new Error('The functions of a part that is loaded on first use are not known before.')
    },
  })
}
