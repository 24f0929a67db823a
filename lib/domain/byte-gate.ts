/** Limits how many bytes are held at the same time: later ones wait in line. It reads and stores nothing. */

export type ByteGate = {
  /** Runs `work` when so many bytes fit into the limit; what is larger than the limit runs alone. */
  readonly hold: <T>(bytes: number, work: () => Promise<T>) => Promise<T>
}

export function createByteGate(limitBytes: number): ByteGate {
  const waiting: { readonly bytes: number; readonly go: () => void }[] = []
  let held = 0

  const mayHold = (bytes: number): boolean => held === 0 || held + bytes <= limitBytes

  function admit(): void {
    for (let next = waiting[0]; next !== undefined && mayHold(next.bytes); next = waiting[0]) {
      waiting.shift()
      held += next.bytes
      next.go()
    }
  }

  return {
    async hold(bytes, work) {
      await new Promise<void>((go) => {
        waiting.push({ bytes, go })
        admit()
      })
      try {
        return await work()
      } finally {
        held -= bytes
        admit()
      }
    },
  }
}
