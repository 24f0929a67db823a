/** One user of the load scenarios: the image to send, different each time, and the check of the response.
 *  visitors.yml defines the number of users and the thresholds. */
import { drawShape, SHAPES } from '../lib/domain/drawn-shapes.ts'
import { encodePng } from '../lib/images/write-png.ts'

const DRAWN_PER_CLASS = 50
/** Seeds that no training image has (those count from 0). */
const FIRST_SEED = 5_000_000
/** This many bytes of a drawn image are changed by at most one grey level: a different image to the program,
 *  the same to a person. */
const CHANGED_BYTES = 32
const PAGES = [
  '/',
  '/classifiers/shapes/predict',
  '/api/statistics',
  '/api/model/info?classifier=shapes',
  '/api/health',
  '/api/metrics',
]
const BOUNDARY = 'darkroom-load-6b0c1f'
const CLOSING = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)

export const drawn = SHAPES.flatMap((shape) =>
  Array.from({ length: DRAWN_PER_CLASS }, (_, i) => ({ shape, image: drawShape(shape, FIRST_SEED + i) })),
)
const key = process.env.DARKROOM_KEY
let sent = 0
let firstCameAt

export function arrive(context, events, next) {
  firstCameAt ??= performance.now()
  context.vars.turn = sent + Math.floor(Math.random() * PAGES.length)
  // Counters exist from the start, so that a threshold on an event that never happens finds a zero.
  for (const name of ['darkroom.right', 'darkroom.wrong', 'darkroom.failed']) events.emit('counter', name, 0)
  next()
}

/** A user who is active when the time is over completes the round. */
export function hasTime(context, next) {
  next(performance.now() - firstCameAt < context.vars.seconds * 1000)
}

export function sendImage(request, context, events, next) {
  const { shape, image } = drawn[Math.floor(Math.random() * drawn.length)]
  sent += 1
  context.vars.shape = shape
  request.headers = { ...headers(), 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
  request.body = Buffer.concat([
    Buffer.from(
      `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="visitor-${sent}.png"\r\nContent-Type: ` +
        'image/png\r\n\r\n',
    ),
    encodePng(slightlyChanged(image)),
    CLOSING,
  ])
  next()
}

export function turnPage(request, context, events, next) {
  context.vars.turn += 1
  context.vars.page = PAGES[context.vars.turn % PAGES.length]
  request.headers = headers()
  next()
}

export function checkAnswer(request, response, context, events, next) {
  const answer = response.statusCode === 200 ? read(response.body) : null
  if (answer?.success !== true) events.emit('counter', 'darkroom.failed', 1)
  else
    events.emit(
      'counter',
      answer.predicted_class === context.vars.shape ? 'darkroom.right' : 'darkroom.wrong',
      1,
    )
  next()
}

export function checkPage(request, response, context, events, next) {
  if (response.statusCode !== 200) events.emit('counter', 'darkroom.failed', 1)
  next()
}

export const headers = () => (key ? { authorization: `Bearer ${key}` } : {})

export function slightlyChanged({ width, height, data }) {
  const changed = data.slice()
  for (let i = 0; i < CHANGED_BYTES; i++) {
    const at = Math.floor(Math.random() * changed.length)
    changed[at] ^= 1
  }
  return { width, height, data: changed }
}

export function read(body) {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}
