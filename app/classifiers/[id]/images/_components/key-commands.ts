/** What a key does in the image grid and the enlarged view. A key with Ctrl, Alt or ⌘ is the browser's,
 *  except Ctrl+A and Ctrl+Z. */

export type KeyCommand =
  | {
      readonly kind: 'move'
      readonly by: number | 'row-up' | 'row-down' | 'page-up' | 'page-down' | 'start' | 'end'
    }
  | { readonly kind: 'label'; readonly classIndex: number }
  | {
      readonly kind:
        | 'toggle'
        | 'open'
        | 'select-all'
        | 'clear'
        | 'exclude'
        | 'test'
        | 'trash'
        | 'restore'
        | 'undo'
        | 'help'
    }

type KeyPress = {
  readonly key: string
  readonly ctrlKey: boolean
  readonly metaKey: boolean
  readonly altKey: boolean
  /** Held down. */
  readonly repeat: boolean
}

const MOVES: Readonly<Record<string, Extract<KeyCommand, { kind: 'move' }>['by']>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: 'row-up',
  ArrowDown: 'row-down',
  PageUp: 'page-up',
  PageDown: 'page-down',
  Home: 'start',
  End: 'end',
}
const KEYS: Readonly<Record<string, Exclude<KeyCommand['kind'], 'move' | 'label'>>> = {
  ' ': 'toggle',
  Enter: 'open',
  Escape: 'clear',
  x: 'exclude',
  t: 'test',
  Delete: 'trash',
  r: 'restore',
  u: 'undo',
  '?': 'help',
}

const CHANGING = /^([1-9xtr]|Delete)$/

/** Shown by "?", in this order. */
export const KEY_HELP: readonly (readonly [keys: string, does: string])[] = [
  ['Arrow keys', 'go to another image; with Shift, extend the selection'],
  ['Space', 'selects or deselects the image'],
  ['Ctrl+A', 'selects all images that match the filters'],
  ['Escape', 'clears the selection; in the enlarged view, goes back'],
  ['Enter', 'enlarges the image'],
  ['1–9', 'sets the label to one of the first nine classes'],
  ['x', 'excludes from training, or includes again'],
  ['t', 'moves to the test set'],
  ['Delete', 'moves to the trash'],
  ['r', 'restores from the trash'],
  ['u or Ctrl+Z', 'undoes the last change'],
  ['?', 'shows this list'],
]

/** A key that is held down changes one image, not one after the other. */
export function commandOf({ key, ctrlKey, metaKey, altKey, repeat }: KeyPress): KeyCommand | null {
  if (altKey || (repeat && CHANGING.test(key))) return null
  if (ctrlKey || metaKey) {
    if (key === 'a' || key === 'A') return { kind: 'select-all' }
    return key === 'z' || key === 'Z' ? { kind: 'undo' } : null
  }
  if (Object.hasOwn(MOVES, key)) return { kind: 'move', by: MOVES[key]! }
  if (/^[1-9]$/.test(key)) return { kind: 'label', classIndex: Number(key) - 1 }
  return Object.hasOwn(KEYS, key) ? { kind: KEYS[key]! } : null
}

/** The position after a move, within the list. */
export function moved(
  from: number,
  by: Extract<KeyCommand, { kind: 'move' }>['by'],
  grid: { readonly columns: number; readonly rowsInView: number; readonly count: number },
): number {
  const steps = {
    'row-up': -grid.columns,
    'row-down': grid.columns,
    'page-up': -grid.columns * grid.rowsInView,
    'page-down': grid.columns * grid.rowsInView,
    start: -from,
    end: grid.count,
  }
  const to = from + (typeof by === 'number' ? by : steps[by])
  return Math.max(0, Math.min(grid.count - 1, to))
}
