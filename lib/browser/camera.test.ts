import { expect, test } from 'vitest'
import { CameraUnavailable, cameraProblemOf, openCamera } from './camera.ts'

test.each([
  ['NotAllowedError', 'refused'],
  ['SecurityError', 'refused'],
  ['NotFoundError', 'missing'],
  ['OverconstrainedError', 'missing'],
  ['NotReadableError', 'busy'],
  ['AbortError', 'busy'],
] as const)('the browser’s %s means that the camera is %s', (name, problem) => {
  expect(cameraProblemOf(name)).toBe(problem)
})

test('each problem has a sentence that says what to do or why', () => {
  for (const problem of ['insecure', 'unsupported', 'refused', 'missing', 'busy'] as const)
    expect(new CameraUnavailable(problem).message).toMatch(/^[A-Z].{30,}\.$/)
})

test('a page without HTTPS learns about HTTPS before the camera is requested', async () => {
  await expect(openCamera('user', false)).rejects.toMatchObject({
    problem: 'insecure',
    message: expect.stringContaining('HTTPS'),
  })
})
