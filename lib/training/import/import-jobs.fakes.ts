/** Imports with the real queue, for tests; the job itself is done here instead of by the worker. */
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import type { Caller, Part } from '#lib/contracts/contract.ts'
import type { ImportJobAnswer } from '#lib/contracts/imports.ts'
import { folderForTest, type DataFixture } from '#lib/data/opened.fakes.ts'
import { messageOf } from '#lib/domain/errors.ts'
import type { JobPayloads } from '#lib/domain/jobs.ts'
import { openEngine } from '#lib/engines/open-engine.ts'
import { readBundle } from '#lib/ml/formats/bundle.ts'
import { teachableExport } from './foreign-network.fakes.ts'
import { createImportCases } from './import-cases.ts'
import { createRunImport } from './run-import.ts'
import { sealNetwork } from './seal-network.ts'

const ADA: Caller = { kind: 'person', id: null, name: 'Ada', scopes: ['edit'] }
const MIB = 1024 ** 2
export type Form = Readonly<Record<string, string>>

export async function* form(
  files: readonly (readonly [field: string, name: string, Uint8Array])[],
  fields: Form = {},
) {
  for (const [name, value] of Object.entries(fields)) yield { kind: 'field', name, value } satisfies Part
  for (const [name, filename, bytes] of files) {
    async function* chunks() {
      yield bytes
    }
    yield { kind: 'file', name, filename, bytes: chunks() } satisfies Part
  }
}

/** The use cases of imports, and the work of the worker. */
export function imports(fixture: DataFixture, dataDir = folderForTest(), maxUploadBytes = MIB) {
  const { data, clock } = fixture
  const cases = createImportCases({ data, dataDir, maxUploadBytes, now: clock.now })
  const run = createRunImport({
    data,
    dataDir,
    maxImageBytes: MIB,
    maxUploadBytes: MIB,
    codeVersion: 'test',
    machine: 'test',
    async seal(sealing, { onProgress }) {
      await using engine = await openEngine('wasm', 'inference')
      return sealNetwork(sealing, {
        ...{ engine, onProgress },
        now: () => new Date(clock.now()),
        prove: async (folder) => void (await readBundle(folder)),
      })
    },
  })
  return {
    ...cases,
    dataDir,
    send: (files: Parameters<typeof form>[0], fields: Form = {}) =>
      cases.createImportJob({ parts: form(files, fields) }, { caller: ADA }),
    /** As the worker does the next job. */
    async work(attempt = 1): Promise<ImportJobAnswer> {
      const job = (await data.jobs.claim('w', ['import'], clock.now(), 60_000))!
      const signal = new AbortController().signal
      await run(job.payload as JobPayloads['import'], { attempt, signal }).then(
        (result) => data.jobs.complete(job.id, 'w', result, clock.now()),
        (error: unknown) =>
          data.jobs.fail(
            job.id,
            'w',
            { code: 'invalid_input', message: messageOf(error) },
            null,
            clock.now(),
          ),
      )
      return cases.getImportJob({ id: job.id })
    },
  }
}

/** An export of Teachable Machine with these labels. */
export const teachable = (labels: readonly string[]) =>
  ['file', 'converted.zip', zipFile(teachableExport(labels))] as const
