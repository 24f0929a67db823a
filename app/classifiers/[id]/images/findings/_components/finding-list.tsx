'use client'
/** Findings of one kind: the images of each with its remedies, one button for all that are shown, and the last change
 *  with "Undo". */
import Link from 'next/link'
import { useEffect, useRef, useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { SetFinding } from '#lib/contracts/findings.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { SampleTile } from '../../../../../_components/sample-tile.tsx'
import { useMutation } from '../../../../../_components/use-mutation.ts'
import { FindingRemedies, type Repair } from './finding-remedies.tsx'
import { FINDING_TEXTS } from './finding-texts.ts'
import { othersOf } from './others-of.ts'

/** Images of a finding on the page; a group may have hundreds. */
const TILES_SHOWN = 6
const SMALL_TILES = 'tiles max-w-[min(100%,46rem)] grid-cols-[repeat(auto-fill,minmax(6rem,1fr))]'

/** Single images are compared at a glance; a group needs the width. */
const SINGLE_IMAGES =
  'grid grid-cols-[repeat(auto-fill,minmax(min(100%,16rem),1fr))] items-start gap-x-5 gap-y-6'
const GROUPS = 'grid grid-cols-[minmax(0,1fr)] gap-4'

type FindingListProps = {
  readonly classifier: string
  readonly findings: readonly SetFinding[]
  readonly classes: readonly string[]
  readonly mayEdit: boolean
  /** The page on which images are added. */
  readonly addImages: string
  /** Whether this user may start the training run in which the changes count. */
  readonly mayTrain?: boolean
  /** The findings were dismissed. */
  readonly isDismissed?: boolean
  /** The findings are of several kinds. */
  readonly showsKinds?: boolean
  /** The page is read again in any case. */
  readonly onChanged?: () => void
}
type LastChange = {
  readonly text: string
  /** Resolves with nothing where it failed. */
  readonly undo: (() => Promise<unknown>) | null
}

export function FindingList({
  classifier,
  findings,
  classes,
  mayEdit,
  addImages,
  mayTrain = false,
  isDismissed = false,
  showsKinds = false,
  onChanged,
}: FindingListProps) {
  const { isBusy, failure, mutate } = useMutation()
  const [last, setLast] = useState<LastChange | null>(null)
  const status = useRef<HTMLParagraphElement>(null)
  // the pressed button disappears with its finding
  useEffect(() => {
    if (last !== null) status.current?.focus()
  }, [last])

  const repair: Repair = async ({ ids, text, ...edit }) => {
    if (isBusy) return
    const done = await mutate(() => call('PATCH /api/samples', { ids: [...ids], ...edit }))
    if (!done) return
    const id = done.change?.id
    setLast({
      text,
      undo: id === undefined ? null : () => mutate(() => call('POST /api/changes/{id}/undo', { id })),
    })
    onChanged?.()
  }
  const dismiss = async ({ kind, samples }: SetFinding, isDismissed: boolean) => {
    if (isBusy) return
    const change = { classifier, kind, samples: samples.map(({ id }) => id) }
    const set = (value: boolean) =>
      mutate(() => call('PATCH /api/findings', { ...change, is_dismissed: value }))
    if (!(await set(isDismissed))) return
    setLast({
      text: isDismissed ? 'Dismissed: it is not listed again.' : 'It is listed again.',
      undo: () => set(!isDismissed),
    })
    onChanged?.()
  }
  const undoLast = async (undo: NonNullable<LastChange['undo']>) => {
    if (!(await undo())) return
    setLast({ text: 'The change was undone.', undo: null })
    onChanged?.()
  }
  const isOneEach = findings.every(({ samples }) => samples.length === 1)
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4">
      {last && (
        <div className="row" role="status">
          <p ref={status} tabIndex={-1}>
            Last change: {last.text}
          </p>
          {last.undo && (
            <Button size="small" isBusy={isBusy} onClick={() => void undoLast(last.undo!)}>
              Undo
            </Button>
          )}
          {mayTrain && (
            <Link href={classifierPage(classifier, 'train')} {...buttonProps({ size: 'small' })}>
              Train with the changes
            </Link>
          )}
        </div>
      )}
      {failure && <ErrorNotice title="The images were not changed" failure={failure} />}
      {mayEdit && !showsKinds && !isDismissed && (
        <ForAll findings={findings} isBusy={isBusy} repair={repair} />
      )}
      <ul className={isOneEach ? SINGLE_IMAGES : GROUPS}>
        {findings.map((finding) => (
          <li key={finding.id} className="grid grid-cols-[minmax(0,1fr)] gap-2">
            {showsKinds && (
              <p>
                <Badge variant="amber">{FINDING_TEXTS[finding.kind].title}</Badge>
              </p>
            )}
            <FindingImages classifier={classifier} finding={finding} />
            <p className="small">{finding.detail}</p>
            {mayEdit && (
              <FindingRemedies {...{ finding, classes, isBusy, repair, dismiss, isDismissed, addImages }} />
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

function FindingImages({
  classifier,
  finding: { samples, samples_total: total },
}: {
  readonly classifier: string
  readonly finding: SetFinding
}) {
  if (samples.length === 0) return null
  return (
    <div className={SMALL_TILES}>
      {samples.slice(0, TILES_SHOWN).map((one) => (
        <SampleTile
          key={one.id}
          classifier={classifier}
          id={one.id}
          src={one.image_url}
          alt={`${one.label ?? 'unlabelled'}, ${one.filename ?? 'without a file name'}`}
          pixels={Math.max(one.width, one.height)}
        >
          {one.label ?? 'unlabelled'}
          {one.split === 'test' && <span className="muted"> (test set)</span>}
        </SampleTile>
      ))}
      {total > TILES_SHOWN && <p className="small muted">and {counted(total - TILES_SHOWN, 'more image')}</p>}
    </div>
  )
}

/** Only where the remedy needs no look at each image. */
function ForAll({
  findings,
  isBusy,
  repair,
}: {
  readonly findings: readonly SetFinding[]
  readonly isBusy: boolean
  readonly repair: Repair
}) {
  const [first] = findings
  if (!first || findings.length < 2 || first.remedies.includes('relabel')) return null
  const isGroups = first.remedies.includes('keep_one')
  if (!isGroups && !first.remedies.includes('exclude')) return null
  const ids = findings.flatMap((finding) =>
    isGroups ? othersOf(finding) : finding.samples.map(({ id }) => id),
  )
  const images = counted(ids.length, 'image')
  return (
    <div className="row">
      <Button
        size="small"
        isBusy={isBusy}
        onClick={() => void repair({ ids, is_excluded: true, text: `${images} excluded from training.` })}
      >
        {isGroups ? `Keep one of each group (exclude ${images})` : `Exclude all ${ids.length} shown`}
      </Button>
    </div>
  )
}
