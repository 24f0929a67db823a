/** The error of an API call as a notice shows it. Anything but an error response is a bug of the page, and
 *  says so. */
import { ProblemError } from '#lib/contracts/client.ts'
import type { Failure } from '#lib/ui/error-notice.tsx'

export function failureOf(error: unknown): Failure & { readonly code?: string } {
  if (error instanceof ProblemError)
    return {
      code: error.code,
      detail: error.message,
      requestId: error.problem.request_id,
      errors: error.problem.errors,
    }
  return {
    detail: `The page failed: ${error instanceof Error ? error.message : String(error)}. Reload it.`,
  }
}
