/** The part of autocannon 9 that `npm run bench` uses; the package includes no types. */
declare module 'autocannon' {
  export type CannonRequest = {
    method: string
    path: string
    headers: Record<string, string>
    body: Uint8Array
  }
  export type CannonResult = {
    requests: { total: number; average: number }
    latency: { p50: number; p99: number; max: number; mean: number }
    errors: number
    timeouts: number
    non2xx: number
    duration: number
  }
  type Options = {
    url: string
    connections: number
    duration: number
    timeout?: number
    overallRate?: number
    setupClient?: (client: { setRequests: (requests: CannonRequest[]) => void }) => void
  }
  export default function autocannon(options: Options): Promise<CannonResult>
}
