/**
 * Rule about mocks: no test replaces a module. Fakes exist for ports only, in `*.fakes.ts`, and are passed
 * in.
 */
import { isTest } from './module-boundaries.ts'
import { eachFile, type ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

const REPLACES = /^(vi|jest)\.(mock|doMock|unstable_mockModule|stubGlobal)$|^mock\.module$/

export const noModuleMocks: ProjectRule = {
  name: 'no test mocks a module',
  counts: 'tests and fakes',
  minimum: 70,
  judge: eachFile((file) => isTest(file) || file.startsWith('e2e/'), mocksIn),
}

export function mocksIn(source: SourceFile): readonly string[] {
  return factsOf(source)
    .uses.filter(({ name }) => REPLACES.test(name))
    .map(
      ({ name, line }) =>
        `${source.file}:${line}: ${name} mocks a module or a global. Use the real one, or pass a ` +
        'fake of a port as an argument.',
    )
}
