/** The classifier of a page below /classifiers/[id]. */
import { notFound } from 'next/navigation'
import { cache } from 'react'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { idOfSegment } from '#lib/domain/classifier-pages.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { darkroom } from '#lib/http/context.ts'
import type { PageProps } from '../current-user.ts'

export type ClassifierParams<More extends string = never> = Promise<Readonly<Record<'id' | More, string>>>
/** `More`: the names of further parameters in the path, such as `version`. */
export type ClassifierPageProps<More extends string = never> = PageProps & {
  readonly params: ClassifierParams<More>
}

/** Read once per request, however many parts of the page call it. Ends in the 404 page where there is none. */
export async function classifierOfPage(params: ClassifierParams): Promise<ClassifierAnswer> {
  const { id } = await params
  return (await classifierWith(idOfSegment(id))) ?? notFound()
}

const classifierWith = cache(async (id: string): Promise<ClassifierAnswer | null> => {
  try {
    return await darkroom().queries.getClassifier({ id })
  } catch (error) {
    if (isDarkroomError(error) && error.code === 'not_found') return null
    throw error
  }
})
