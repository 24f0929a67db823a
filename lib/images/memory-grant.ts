/**
 * The memory that this process may use for decoding, of a budget that processes share: requested before an image is
 * decoded, and given back after. The process that holds the budget answers; without one, everything is granted.
 */

export type MemoryRequest = { readonly id: number; readonly heldBytes: number; readonly wantedBytes: number }

export type MemoryGrant = {
  readonly grantedBytes: () => number
  /** What is held now, and what will be: less is given back at once, more is requested. */
  readonly update: (heldBytes: number, wantedBytes: number) => void
  /** Called when more has been granted. */
  readonly onMore: (then: () => void) => void
}

export const UNLIMITED: MemoryGrant = { grantedBytes: () => Infinity, update: () => {}, onMore: () => {} }

export function createMemoryGrant(ask: (request: MemoryRequest) => void): MemoryGrant & {
  /** The answer to the request with this id. */
  readonly hear: (id: number, bytes: number) => void
} {
  let granted = 0
  let wanted = 0
  let lastId = 0
  let more = (): void => {}
  return {
    grantedBytes: () => granted,
    onMore: (then) => {
      more = then
    },
    update(heldBytes, wantedBytes) {
      if (heldBytes >= granted && (wantedBytes <= granted || wantedBytes === wanted)) return
      granted = Math.min(granted, heldBytes)
      wanted = wantedBytes
      ask({ id: ++lastId, heldBytes, wantedBytes })
    },
    hear(id, bytes) {
      if (id !== lastId) return // a later request replaces this one
      granted = bytes
      more()
    },
  }
}

export type MemoryBudget<Holder> = {
  readonly request: (holder: Holder, request: MemoryRequest) => void
  /** The process has ended. */
  readonly forget: (holder: Holder) => void
}

/** The side that holds the budget: in order of arrival, as soon as what is wanted fits. */
export function createMemoryBudget<Holder>(
  budgetBytes: number,
  grant: (holder: Holder, id: number, bytes: number) => void,
): MemoryBudget<Holder> {
  const held = new Map<Holder, number>()
  const waiting = new Map<Holder, MemoryRequest>()

  function grantInOrder(): void {
    for (const [holder, { id, wantedBytes }] of waiting) {
      const others = [...held].reduce((sum, [one, bytes]) => (one === holder ? sum : sum + bytes), 0)
      if (others + wantedBytes > budgetBytes) return
      waiting.delete(holder)
      held.set(holder, wantedBytes)
      grant(holder, id, wantedBytes)
    }
  }

  return {
    request(holder, request) {
      held.set(holder, request.heldBytes)
      waiting.delete(holder)
      if (request.wantedBytes > request.heldBytes) waiting.set(holder, request)
      grantInOrder()
    },
    forget(holder) {
      held.delete(holder)
      waiting.delete(holder)
      grantInOrder()
    },
  }
}
