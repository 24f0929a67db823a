/** The versions that the pages below versions/ show. */
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { darkroom } from '#lib/http/context.ts'

const MAX_VERSIONS = 200

export async function versionsOf(classifier: string): Promise<readonly VersionAnswer[]> {
  return (await darkroom().queries.listModels({ classifier, limit: MAX_VERSIONS })).models
}

/** The version with this name, such as `v3`, or with this id, which older links contain. */
export const versionNamed = (
  models: readonly VersionAnswer[],
  name: string | undefined,
): VersionAnswer | undefined => models.find(({ id, version }) => version === name || id === name)
