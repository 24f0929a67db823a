'use client'
/** What is wrong with the images of one upload, next to its report: it appears when the images have been checked. */
import Link from 'next/link'
import { useCallback, useEffect, useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { FindingReportAnswer, SetFinding } from '#lib/contracts/findings.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { FindingList } from './finding-list.tsx'

const SHOWN = 12
const POLL_MS = 1_500

type Problems = {
  readonly report: FindingReportAnswer
  readonly count: number
  readonly findings: readonly SetFinding[]
  readonly classes: readonly string[]
}

async function problemsOf(classifier: string, upload: string): Promise<Problems> {
  const [{ report, kinds, findings }, { classes }] = await Promise.all([
    call('GET /api/findings', { classifier, upload, limit: SHOWN }),
    call('GET /api/classes', { classifier }),
  ])
  // the report above asks for the label of an image with several
  const isNew = ({ kind }: Pick<SetFinding, 'kind'>): boolean => kind !== 'label_conflict'
  return {
    report,
    findings: findings.filter(isNew),
    classes,
    count: kinds.filter(isNew).reduce((sum, one) => sum + one.count, 0),
  }
}

/** The check that an upload asks for may not be queued yet when its report arrives. */
const isPending = ({ state, computed_at: at }: FindingReportAnswer, uploadedAt: string): boolean =>
  state !== 'failed' && (state !== 'done' || at === null || Date.parse(at) < Date.parse(uploadedAt))

export function UploadProblems({
  classifier,
  upload,
  uploadedAt,
}: {
  readonly classifier: string
  readonly upload: string
  readonly uploadedAt: string
}) {
  const [problems, setProblems] = useState<Problems | null>(null)
  /** Stays true: a later check must not hide the list that a person works through. */
  const [isChecked, setIsChecked] = useState(false)
  const read = useCallback(async () => {
    const found = await problemsOf(classifier, upload).catch(() => null) // it is read again
    if (found) setProblems(found)
    return found
  }, [classifier, upload])
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isOver = false
    const turn = async (): Promise<void> => {
      const found = await read()
      if (isOver) return
      if (found && !isPending(found.report, uploadedAt)) return setIsChecked(true)
      timer = setTimeout(() => void turn(), POLL_MS)
    }
    void turn()
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [read, uploadedAt])

  if (problems === null) return null
  const { findings, classes, count } = problems
  const page = classifierPage(classifier, 'images/findings')
  if (!isChecked)
    return (
      <p className="small muted" role="status">
        Checking the images for problems…
      </p>
    )
  return (
    <section className="grid grid-cols-[minmax(0,1fr)] gap-4" aria-label="Problems with these images">
      <p>
        {count === 0
          ? 'No problems found with these images.'
          : `${counted(count, 'problem')} found with these images.`}{' '}
        <Link className="link" href={page}>
          All problems of this classifier
        </Link>
      </p>
      <FindingList
        classifier={classifier}
        addImages={classifierPage(classifier, 'images/add')}
        classes={classes}
        findings={findings}
        mayEdit
        showsKinds
        onChanged={() => void read()}
      />
    </section>
  )
}
