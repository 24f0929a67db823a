/** Requests to a started product, and the list of its processes, for tests. */
import { request } from 'node:http'
import { until, type TestProduct } from './product.fakes.ts'

export const json = async (product: TestProduct, address: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${product.address}${address}`)).json()) as Record<string, unknown>

/** On a new connection: an open one may have ended with the process at its other end. */
export function predictOnNewConnection(address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(`${address}/api/predict`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'image/png' },
    })
    sent.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.once('error', reject)
    sent.end('no image')
  })
}

/** How many times slower than alone this machine currently works: elapsed time by CPU time. */
export function slownessOfThisMachine(): number {
  const [began, used] = [performance.now(), process.cpuUsage()]
  let spent = 0
  while (spent < 100_000) spent = process.cpuUsage(used).user // microseconds
  return Math.max(1, (performance.now() - began) / (spent / 1000))
}

/** A request whose body is sent in two parts, with as much time between them as the test needs. */
export function startHalfRequest(address: string) {
  const sent = request(`${address}/api/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', 'content-length': '8', expect: '100-continue' },
  })
  const arrived = new Promise<void>((resolve) => sent.once('continue', resolve))
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    sent.once('error', reject)
  })
  sent.flushHeaders()
  return { arrived, status, finish: () => sent.end('no image') }
}

/** Web, worker and two predict processes: some of them start after the product is ready. */
export async function familyOf(product: TestProduct): Promise<number[]> {
  const all = () => (['predict', 'web', 'worker'] as const).flatMap((entry) => product.pidsOf(entry))
  await until(() => all().length === 4)
  return all()
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
