/**
 * Which test files are affected by a source: those that import it. It reads imports only and runs nothing.
 */
import path from 'node:path'
import { factsOf, type SourceFile } from './sources.ts'

/** Together they take minutes: quick checks skip them unless they themselves are changed. */
export const LONG_TESTS: readonly string[] = [
  'lib/auth/auth.test.ts',
  'lib/commands/dataset.test.ts',
  'lib/commands/import.test.ts',
  'lib/commands/train.test.ts',
  'lib/data/predictions/predictions.test.ts',
  'lib/engines/parity.test.ts',
  'lib/processes/disk-full.test.ts',
  'lib/processes/supervisor.test.ts',
  'lib/processes/topology.test.ts',
  'lib/training/backbone/train-backbone.test.ts',
  'lib/training/retrain/retrain.test.ts',
  'lib/training/run/learn/batch-size.test.ts',
  'lib/training/run/run.test.ts',
]

const isTest = (file: string): boolean => /\.test\.tsx?$/.test(file)

/** Tests that import one of the files directly by a path of the program, and tests among the files. */
export function testsNear(files: readonly string[], sources: readonly SourceFile[]): readonly string[] {
  const changed = new Set(files)
  return sources
    .filter(({ file }) => isTest(file))
    .filter((source) => changed.has(source.file) || importsOf(source).some((one) => changed.has(one)))
    .map(({ file }) => file)
}

/** The files and those that depend on them, through any number of imports, tests and fakes included. */
export function dependentsOf(files: readonly string[], sources: readonly SourceFile[]): ReadonlySet<string> {
  const dependents = new Set(files)
  for (let before = -1; before !== dependents.size;) {
    before = dependents.size
    for (const source of sources)
      if (importsOf(source).some((one) => dependents.has(one))) dependents.add(source.file)
  }
  return dependents
}

/** Paths from the root of the program's own files that the source imports. */
function importsOf(source: SourceFile): readonly string[] {
  return factsOf(source).imports.flatMap(({ specifier }) => {
    if (specifier.startsWith('#')) return [specifier.slice(1)]
    return specifier.startsWith('.') ? [path.posix.join(path.posix.dirname(source.file), specifier)] : []
  })
}
