import { expect, test } from 'vitest'
import { DarkroomError, isDarkroomError, reportedError, reportOf, STATUS_OF } from './errors.ts'

/** RFC 9110 and its registry of status codes; 499 is nginx's. Clients use them to decide whether to try again. */
const CODES_OF: Readonly<Record<number, readonly string[]>> = {
  400: ['malformed', 'missing_file'],
  401: ['unauthenticated'],
  403: ['forbidden', 'foreign_origin'],
  404: ['file_missing', 'not_found'],
  405: ['method_not_allowed'],
  408: ['too_slow'],
  409: ['already_running', 'conflict'],
  413: ['too_large', 'too_many_pixels'],
  414: ['uri_too_long'],
  415: ['not_an_image', 'unsupported_media'],
  417: ['expectation_failed'],
  421: ['misdirected'],
  429: ['rate_limited'],
  431: ['headers_too_large'],
  499: ['client_closed'],
  500: ['internal'],
  501: ['not_implemented'],
  503: ['database_busy', 'not_ready', 'overloaded'],
  507: ['disk_full'],
}

test('every code has its status, and a well-formed request that cannot be carried out is 422', () => {
  const elsewhere = new Map(
    Object.entries(CODES_OF).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)])),
  )

  for (const [code, status] of Object.entries(STATUS_OF))
    expect(status, code).toBe(elsewhere.get(code) ?? 422)
  expect([...elsewhere.keys()].filter((code) => !Object.hasOwn(STATUS_OF, code))).toEqual([])
})

test('an error is recognised by its shape, whichever copy of the class created it', () => {
  const shaped = (fields: object) => Object.assign(new Error('x'), fields)

  expect(isDarkroomError(shaped({ code: 'not_found', remedy: '' }))).toBe(true)
  for (const other of [
    shaped({ code: 'not_found' }),
    shaped({ remedy: '' }),
    shaped({ code: 404, remedy: '' }),
    shaped({ code: 'ENOENT', remedy: '' }),
    shaped({ code: 'toString', remedy: '' }),
    { code: 'not_found', remedy: '' },
    null,
  ])
    expect(isDarkroomError(other)).toBe(false)
})

test('an error sent to another process arrives unchanged', () => {
  const error = new DarkroomError('conflict', { what: 'It is taken', why: 'it exists', remedy: 'Wait.' })

  const there = reportedError(reportOf(error))

  expect(there).toMatchObject({ code: 'conflict', message: 'It is taken: it exists. Wait.', remedy: 'Wait.' })
})
