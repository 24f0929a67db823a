/**
 * Rule about page objects: an end-to-end test does not locate elements itself. The role and name of an
 * element are in e2e/pages, once, so that a changed page changes one file.
 */
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

const FINDS = /\.(getBy\w+|locator|frameLocator|\$\$?)$/

export const storiesUsePages: ProjectRule = {
  name: 'stories find things on pages through e2e/pages',
  counts: 'stories',
  minimum: 18,
  judge: eachFile((file) => /^e2e\/.*\.spec\.ts$/.test(file), locatorsIn),
}

export function locatorsIn(source: SourceFile): readonly string[] {
  return factsOf(source)
    .uses.filter(({ name }) => FINDS.test(name))
    .map(
      ({ line }) =>
        `${source.file}:${line}: finds something on a page itself. Put it into a page object of e2e/pages.`,
    )
}
