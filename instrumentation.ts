/** What Next calls when a page fails by a bug: the error goes into the log under the number that the page
 *  shows. Errors of the API are logged by lib/http. */
import type { Instrumentation } from 'next'
import { darkroom } from '#lib/http/context.ts'

export const onRequestError: Instrumentation.onRequestError = (error, { path }) => {
  const digest = error instanceof Error && 'digest' in error ? String(error.digest) : null
  darkroom().log('error', `The page ${path.split('?')[0]} failed`, { error, request_id: digest })
}
