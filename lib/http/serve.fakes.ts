/** Contracts and requests for the tests of serve.ts. */
import { expect } from 'vitest'
import { healthLive } from '#lib/contracts/operations.ts'
import { giveFeedback } from '#lib/contracts/predictions.ts'
import { serve } from './serve.ts'

export const HOME = 'http://darkroom.test'
export const ID = '0193b3f0-0000-7000-8000-000000000001'
export const asAdmin = { authorization: 'Bearer admin' }
export const alive = serve(healthLive, async () => ({ status: 'alive' as const, uptime_seconds: 1 }))
export const feedback = serve(giveFeedback, async (input) => ({
  id: input.id,
  correct: input.correct,
  label: input.label ?? '',
  sample_id: null,
}))

export const post = (path: string, body: BodyInit, headers: Record<string, string> = {}): Request =>
  new Request(HOME + path, { method: 'POST', body, headers })
export const json = (path: string, value: unknown, headers: Record<string, string> = {}): Request =>
  post(path, typeof value === 'string' ? value : JSON.stringify(value), {
    'content-type': 'application/json',
    ...headers,
  })

export async function problem(response: Response): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  const result = (await response.json()) as Record<string, unknown>
  expect(result).toMatchObject({
    success: false,
    status: response.status,
    request_id: response.headers.get('x-request-id'),
  })
  expect(result['error']).toBe(result['detail'])
  return result
}
