/** Images that have several labels, in one upload or in an earlier one: which, with all their labels. Their samples are
 *  excluded until a user chooses; a choice that a user has made stays. */
import type { AddSampleResult, NewSample } from '#lib/data/values.ts'
import { CONFLICT_AUTHOR } from '#lib/domain/sample-state.ts'
import type { ConflictFinding, UploadReportDraft } from './upload-report.ts'
import type { IngestPorts } from './ports.ts'

type LabelledFile = { readonly label: string; readonly path: string }
/** Without a label, an image contradicts no other. */
type UploadedFile = { readonly label: string | null; readonly path: string }
type Conflict = {
  readonly files: LabelledFile[]
  sampleId: string | null
  /** The sample was made by a correction: a user chose its label. */
  isChosen: boolean
}

export type LabelConflicts = {
  /** The file in this upload that it is a duplicate of; null for the first one. */
  readonly twinOf: (hash: string, file: UploadedFile) => UploadedFile | null
  /** A readable image, with the other labels that it came with. */
  readonly add: (hash: string, file: UploadedFile, others: readonly string[]) => void
  readonly settle: (sample: NewSample, result: AddSampleResult) => void
  /** Excludes the samples that no user has decided about, and reports all. */
  readonly finish: (
    ports: Pick<IngestPorts, 'classifiers' | 'sampleChanges'>,
    upload: { readonly classifierId: string },
    report: UploadReportDraft,
  ) => Promise<void>
}

export function createConflicts(): LabelConflicts {
  const first = new Map<string, UploadedFile & { sampleId: string | null }>()
  const conflicts = new Map<string, Conflict>()

  return {
    twinOf(hash, file) {
      const known = first.get(hash)
      if (known === undefined || known.label === file.label) return known ?? null
      if (!isLabelled(known) || !isLabelled(file)) return known
      const conflict = conflicts.get(hash)
      if (conflict) conflict.files.push(file)
      else conflicts.set(hash, { files: [known, file], sampleId: known.sampleId, isChosen: false })
      return known
    },
    add(hash, file, others) {
      first.set(hash, { ...file, sampleId: null })
      if (others.length === 0 || !isLabelled(file)) return
      const files = [file, ...others.map((label) => ({ label, path: file.path }))]
      conflicts.set(hash, { files, sampleId: null, isChosen: false })
    },
    settle({ image: { hash }, label, filename }, result) {
      const known = first.get(hash)
      if (known) known.sampleId = result.sampleId
      const conflict = conflicts.get(hash)
      if (conflict) conflict.sampleId = result.sampleId
      if (result.kind === 'added' || result.label === null || label === null) return
      if (result.label === label) return
      const earlier = { label: result.label, path: 'an earlier upload' }
      const isChosen = result.uploadId === null
      if (conflict) {
        conflict.files.unshift(earlier)
        conflict.isChosen ||= isChosen
      } else
        conflicts.set(hash, {
          files: [earlier, { label, path: filename ?? 'a file' }],
          sampleId: result.sampleId,
          isChosen,
        })
    },
    async finish({ classifiers, sampleChanges }, { classifierId }, report) {
      const all = [...conflicts.values()]
      if (all.length === 0) return
      const ids = all.flatMap(({ sampleId }) => (sampleId === null ? [] : [sampleId]))
      const decided = await sampleChanges.decided(ids, CONFLICT_AUTHOR)
      const open = new Map(
        all.flatMap((one) =>
          one.sampleId === null || one.isChosen || decided.has(one.sampleId) ? [] : [[one, one.sampleId]],
        ),
      )
      const { classes } = await classifiers.get(classifierId)
      const labels = new Set([...open.keys()].flatMap(({ files }) => files.map(({ label }) => label)))
      const missing = [...labels].filter((label) => !classes.includes(label))
      // a user can only choose a label that is a class
      if (missing.length > 0) await classifiers.addClasses(classifierId, missing)
      if (open.size > 0)
        await sampleChanges.change(
          { kind: 'ids', ids: [...open.values()] },
          { isExcluded: true },
          CONFLICT_AUTHOR,
        )
      for (const conflict of all) report.conflict(wordsOf(conflict, open.has(conflict)))
    },
  }
}

const isLabelled = (file: UploadedFile): file is LabelledFile => file.label !== null

function wordsOf({ files, sampleId }: Conflict, isOpen: boolean): ConflictFinding {
  const each = files.map(({ label, path }) => `"${label}" (${path})`)
  const list = `${each.slice(0, -1).join(', ')} and ${each.at(-1)}`
  return {
    filename: files.at(-1)!.path,
    // whether it is still excluded is added where the report is read (lib/queries/uploads.ts)
    detail:
      `The same image is labelled ${list}.` +
      (isOpen ? '' : ' A user chose its label earlier, and that choice was kept.'),
    sampleId,
    labels: isOpen ? [...new Set(files.map(({ label }) => label))] : [],
    isOpen,
  }
}
