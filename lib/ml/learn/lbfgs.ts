/** Finds the lowest point of a smooth function by its gradient: L-BFGS (Liu and Nocedal 1989), with a backtracking
 *  line search. It knows no images and no network; `head.ts` defines the function. */

/** Writes the gradient at `x` into `gradient` and returns the value there. */
export type Smooth = (x: Float64Array, gradient: Float64Array) => number

export type MinimisationOptions = {
  /** Maximum number of steps; a step evaluates the function once, seldom more often. */
  readonly steps: number
  /** It stops when a step lowers the value by less than this share of it. */
  readonly tolerance: number
}

export type Minimum = {
  readonly x: Float64Array
  readonly value: number
  readonly steps: number
  readonly evaluations: number
}

const REMEMBERED = 10 // steps from which the curvature is estimated; the usual choice, Nocedal and Wright 2006, p. 177
const ENOUGH_DOWN = 1e-4 // Armijo's constant, the same book, p. 33
const MOST_HALVINGS = 30
const LONGEST_FIRST_STEP = 1

type Step = { readonly moved: Float64Array; readonly turned: Float64Array; readonly inverse: number }

/** The value and the gradient at a point. */
export type PointValue = { readonly value: number; readonly gradient: Float64Array }

export function minimise(smooth: Smooth, from: Float64Array, how: MinimisationOptions): Minimum {
  const search = minimisation(from, how)
  for (let next = search.next(); ;) {
    if (next.done) return next.value
    const gradient = new Float64Array(from.length)
    next = search.next({ value: smooth(next.value, gradient), gradient })
  }
}

/** The same search for a caller who evaluates the function elsewhere, or several at a time: yields a point, and
 *  is given the value and the gradient there, which it keeps. */
export function* minimisation(
  from: Float64Array,
  { steps, tolerance }: MinimisationOptions,
): Generator<Float64Array, Minimum, PointValue> {
  let x = from.slice()
  let { value, gradient } = yield x
  let evaluations = 1
  const history: Step[] = []
  for (let step = 1; step <= steps; step++) {
    const direction = downhill(gradient, history)
    const slope = dot(direction, gradient)
    if (!(slope < 0)) return { x, value, steps: step - 1, evaluations } // flat: this is the lowest point
    let length =
      history.length === 0 ? Math.min(1, LONGEST_FIRST_STEP / Math.sqrt(dot(direction, direction))) : 1
    const there = new Float64Array(x.length)
    let turnedTo = gradient
    let reached = Infinity
    for (let halving = 0; halving < MOST_HALVINGS; halving++, length /= 2) {
      for (let i = 0; i < x.length; i++) there[i] = x[i]! + length * direction[i]!
      const reply: PointValue = yield there
      turnedTo = reply.gradient
      reached = reply.value
      evaluations++
      if (reached <= value + ENOUGH_DOWN * length * slope) break
    }
    if (!(reached < value)) return { x, value, steps: step - 1, evaluations } // no lower point can be distinguished
    remember(history, x, there, gradient, turnedTo)
    const lowered = value - reached
    x = there
    gradient = turnedTo
    value = reached
    if (lowered <= tolerance * Math.abs(value)) return { x, value, steps: step, evaluations }
  }
  return { x, value, steps, evaluations }
}

/** The two-loop recursion: the gradient, transformed by the curvature of the last steps. */
function downhill(gradient: Float64Array, history: readonly Step[]): Float64Array {
  const direction = gradient.slice()
  const shares = new Float64Array(history.length)
  for (let k = history.length - 1; k >= 0; k--) {
    const { moved, turned, inverse } = history[k]!
    shares[k] = inverse * dot(moved, direction)
    add(direction, turned, -shares[k]!)
  }
  const last = history.at(-1)
  const scale = last ? 1 / (last.inverse * dot(last.turned, last.turned)) : 1
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale
  history.forEach(({ moved, turned, inverse }, k) =>
    add(direction, moved, shares[k]! - inverse * dot(turned, direction)),
  )
  return direction.map((value) => -value)
}

/** Ignores a step along which the function does not curve upwards, because it carries no information. */
function remember(
  history: Step[],
  x: Float64Array,
  there: Float64Array,
  gradient: Float64Array,
  turnedTo: Float64Array,
): void {
  const moved = there.map((value, i) => value - x[i]!)
  const turned = turnedTo.map((value, i) => value - gradient[i]!)
  const curve = dot(moved, turned)
  if (curve <= 1e-12 * Math.sqrt(dot(moved, moved) * dot(turned, turned))) return
  history.push({ moved, turned, inverse: 1 / curve })
  if (history.length > REMEMBERED) history.shift()
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

function add(into: Float64Array, values: Float64Array, times: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += times * values[i]!
}
