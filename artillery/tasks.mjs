/** The requests of the users of tasks.yml, and the checks of the responses. Each response counts
 *  once: done or failed. tasks.yml defines the number of users and the thresholds. */
import { encodePng } from '../lib/images/write-png.ts'
import { drawn, headers, read, slightlyChanged } from './visitor.mjs'

export { hasTime, turnPage } from './visitor.mjs'
import { arrive as arriveAsVisitor } from './visitor.mjs'

const BATCH = 8
const UPLOADED = 4
const BOUNDARY = 'darkroom-tasks-2f81ac'

let sent = 0

export function arrive(context, events, next) {
  // Counters exist from the start, so that a threshold on an event that never happens finds a zero.
  events.emit('counter', 'darkroom.done', 0)
  arriveAsVisitor(context, events, next)
}

export const withKey = (request, context, events, next) => {
  request.headers = headers()
  next()
}

export const sendImage = (request, context, events, next) => {
  request.headers = { ...headers(), 'content-type': 'image/png' }
  request.body = image().bytes
  next()
}

export const sendBatch = (request, context, events, next) => sendForm(request, next, images(BATCH), [])

/** Each image goes to the class that it shows. */
export const sendUpload = (request, context, events, next) => {
  const chosen = images(UPLOADED)
  sendForm(
    request,
    next,
    chosen,
    chosen.map(({ shape }) => ['labels', shape]),
  )
}

export const keepToken = (request, response, context, events, next) => {
  context.vars.token = read(response.body)?.csrfToken
  judge(events, next, response.statusCode === 200 && Boolean(context.vars.token))
}

export const sendLogin = (request, context, events, next) => {
  request.headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { DARKROOM_EMAIL: email = '', DARKROOM_PASSWORD: password = '' } = process.env
  request.body = new URLSearchParams({
    csrfToken: context.vars.token ?? '',
    email,
    password,
    json: 'true',
    callbackUrl: '/',
  }).toString()
  next()
}

/** An incorrect password gets 401; the next request checks the session. */
export const checkLogin = (request, response, context, events, next) =>
  judge(events, next, response.statusCode === 200)

export const checkSession = (request, response, context, events, next) =>
  judge(
    events,
    next,
    response.statusCode === 200 && read(response.body)?.user?.email === process.env.DARKROOM_EMAIL,
  )

export const sendRetrain = (request, context, events, next) => {
  request.headers = { ...headers(), 'content-type': 'application/json' }
  request.body = JSON.stringify({ classifier: 'shapes', recipe: 'head', force: true })
  next()
}

export const checkRetrain = (request, response, context, events, next) =>
  judge(
    events,
    next,
    response.statusCode === 202 ||
      (response.statusCode === 409 && read(response.body)?.code === 'already_running'),
  )

export const checkPage = (request, response, context, events, next) =>
  judge(events, next, response.statusCode === 200)

export const checkPrediction = (request, response, context, events, next) =>
  judge(events, next, isPrediction(response))

export const checkBatch = (request, response, context, events, next) => {
  const answer = read(response.body)
  judge(
    events,
    next,
    response.statusCode === 200 &&
      answer?.count === BATCH &&
      answer.predictions.every(({ success }) => success),
  )
}

export const checkUpload = (request, response, context, events, next) =>
  judge(events, next, response.statusCode === 200 && read(response.body)?.count === UPLOADED)

const isPrediction = (response) =>
  response.statusCode === 200 && typeof read(response.body)?.predicted_class === 'string'

function judge(events, next, isDone) {
  events.emit('counter', isDone ? 'darkroom.done' : 'darkroom.failed', 1)
  next()
}

function image() {
  const { shape, image } = drawn[Math.floor(Math.random() * drawn.length)]
  return { shape, bytes: encodePng(slightlyChanged(image)) }
}

const images = (count) => Array.from({ length: count }, image)

function sendForm(request, next, files, fields) {
  sent += 1
  const head = (disposition) =>
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n`)
  const parts = [
    ...fields.flatMap(([name, value]) => [head(`name="${name}"`), Buffer.from(`\r\n${value}\r\n`)]),
    ...files.flatMap(({ bytes }, i) => [
      head(`name="files"; filename="${sent}-${i}.png"`),
      Buffer.from('Content-Type: image/png\r\n\r\n'),
      bytes,
      Buffer.from('\r\n'),
    ]),
  ]
  request.headers = { ...headers(), 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
  request.body = Buffer.concat([...parts, Buffer.from(`--${BOUNDARY}--\r\n`)])
  next()
}
