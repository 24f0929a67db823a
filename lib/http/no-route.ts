/** The errors of addresses and methods that the API does not have, wherever they are noticed: in a route, before
 *  Next, or in the routes of login. */
import { DarkroomError } from '#lib/domain/errors.ts'

const REFERENCE = 'See the reference at /api/openapi.json.'

export const noRoute = (path: string): DarkroomError =>
  new DarkroomError('not_found', {
    what: 'Not found',
    why: `the API has no route ${path.slice(0, 200)}`,
    remedy: REFERENCE,
  })

/** @param allow the methods of the path, as the header Allow lists them */
export const methodNotSupported = (path: string, method: string, allow: string): DarkroomError =>
  new DarkroomError(
    'method_not_allowed',
    {
      what: `${path.slice(0, 200)} does not support ${method}`,
      why: `it supports ${allow}`,
      remedy: REFERENCE,
    },
    { members: { allow } },
  )
