/** Requests to a started product, and the processes that it has, for tests. */
import { request } from 'node:http'
import { until, type TestProduct } from './product.fakes.ts'

export const json = async (product: TestProduct, address: string): Promise<Record<string, unknown>> =>
  (await (await fetch(`${product.address}${address}`)).json()) as Record<string, unknown>

/** On a connection of its own: what is kept open died with who held its other end. */
export function freshAsk(address: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asking = request(`${address}/api/predict`, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'image/png' },
    })
    asking.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asking.once('error', reject)
    asking.end('no image')
  })
}

/** How many times as long as alone something takes here now: time by the clock for time of a core. */
export function slownessOfThisMachine(): number {
  const [began, used] = [performance.now(), process.cpuUsage()]
  let spent = 0
  while (spent < 100_000) spent = process.cpuUsage(used).user // microseconds
  return Math.max(1, (performance.now() - began) / (spent / 1000))
}

/** A request whose body is sent in two parts, with as much time between them as a test wants. */
export function halfAnAsk(address: string) {
  const asking = request(`${address}/api/predict`, {
    method: 'POST',
    headers: { 'content-type': 'image/png', 'content-length': '8', expect: '100-continue' },
  })
  const arrived = new Promise<void>((resolve) => asking.once('continue', resolve))
  const status = new Promise<number | undefined>((resolve, reject) => {
    asking.once('response', (response) => {
      response.resume()
      resolve(response.statusCode)
    })
    asking.once('error', reject)
  })
  asking.flushHeaders()
  return { arrived, status, finish: () => asking.end('no image') }
}

/** Web, worker and two inference children: some of them come after the product is ready. */
export async function familyOf(product: TestProduct): Promise<number[]> {
  const all = () => (['web', 'worker', 'inference'] as const).flatMap((entry) => product.pidsOf(entry))
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
