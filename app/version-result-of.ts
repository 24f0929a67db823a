/** The result of a version, read once per request however many parts of the page show it; null where it cannot be
 *  read. */
import { cache } from 'react'
import { darkroom } from '#lib/http/context.ts'
import { currentUser, resultOf } from './current-user.ts'

export const versionResultOf = cache(async (id: string) => {
  const { context } = await currentUser()
  const result = await resultOf(context, () => darkroom().training.modelResult({ id }, context))
  return result.ok ? result.value : null
})
