/**
 * A process that accepts on the given copies of a socket, while every turn of its event loop takes 10 ms.
 * It reports after how many turns the expected number of requests, each on its own connection, have
 * started.
 */
import { createWebServer } from './web-server.ts'

const TURN_MS = 10
const EXPECTED = Number(process.argv[2])

let started = 0
const never = new Promise<never>(() => {})
const server = createWebServer({
  open: never,
  pages: never,
  validate: () => {
    started += 1
    return true
  },
  answerDirectly: () => true,
  refuseOverload: () => false,
  trustsProxy: false,
  isDevelopment: false,
  answered: () => {},
  failed: () => {},
})

let copies = 0
process.on('message', (message: 'copy' | 'begin', socket?: object) => {
  if (message === 'begin') turn(0)
  else if (socket && copies++ === 0) void server.listen(socket).then((port) => process.send?.({ port }))
  else if (socket) server.acceptFrom(socket)
})
process.on('disconnect', () => process.exit(0))

function turn(turns: number): void {
  const end = performance.now() + TURN_MS
  while (performance.now() < end);
  if (started >= EXPECTED) process.send?.({ turns })
  else setImmediate(() => turn(turns + 1))
}
