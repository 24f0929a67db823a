/** A process that accepts on the copies of a socket that it is given, while every turn of its event loop takes
 *  10 ms; it tells after how many turns so many requests on connections of their own have begun. */
import { createWebServer } from './web-server.ts'

const TURN_MS = 10
const WANTED = Number(process.argv[2])

let begun = 0
const never = new Promise<never>(() => {})
const server = createWebServer({
  open: never,
  pages: never,
  gate: () => {
    begun += 1
    return true
  },
  door: () => true,
  shed: () => false,
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
  if (begun >= WANTED) process.send?.({ turns })
  else setImmediate(() => turn(turns + 1))
}
