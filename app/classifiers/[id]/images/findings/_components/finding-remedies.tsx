'use client'
/** The remedies of one finding as buttons: the class it should have, keep one, exclude, or add images. */
import Link from 'next/link'
import { useState } from 'react'
import type { SetFinding } from '#lib/contracts/findings.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Select } from '#lib/ui/field.tsx'
import { othersOf } from './others-of.ts'

/** Changes samples in one step that can be undone; `text` says afterwards what was done. */
export type Repair = (change: {
  readonly ids: readonly string[]
  readonly text: string
  readonly label?: string
  readonly is_excluded?: boolean
}) => Promise<void>

/** More classes are chosen from a list. */
const MOST_BUTTONS = 6

type FindingRemediesProps = {
  readonly finding: SetFinding
  readonly classes: readonly string[]
  readonly isBusy: boolean
  readonly repair: Repair
  readonly dismiss: (finding: SetFinding, isDismissed: boolean) => Promise<void>
  readonly isDismissed: boolean
  readonly addImages: string
}

export function FindingRemedies({
  finding,
  classes,
  isBusy,
  repair,
  dismiss,
  isDismissed,
  addImages,
}: FindingRemediesProps) {
  const { remedies, samples } = finding
  const used = samples.filter((one) => !one.is_excluded).map(({ id }) => id)
  const others = othersOf(finding)
  if (isDismissed)
    return (
      <div className="row">
        <Button size="small" isBusy={isBusy} onClick={() => void dismiss(finding, false)}>
          List it again
        </Button>
      </div>
    )
  return (
    <div className="row gap-2">
      {remedies.includes('relabel') && <ClassButtons {...{ finding, classes, isBusy, repair }} />}
      {remedies.includes('keep_one') && others.length > 0 && (
        <Button
          size="small"
          isBusy={isBusy}
          onClick={() =>
            void repair({
              ids: others,
              is_excluded: true,
              text: `${counted(others.length, 'image')} excluded; the first is still used.`,
            })
          }
        >
          Keep only the first
        </Button>
      )}
      {remedies.includes('exclude') && used.length > 0 && (
        <Button
          size="small"
          variant="quiet"
          isBusy={isBusy}
          onClick={() =>
            void repair({
              ids: used,
              is_excluded: true,
              text: `${counted(used.length, 'image')} excluded from training.`,
            })
          }
        >
          {used.length === 1 ? 'Exclude' : `Exclude all ${used.length}`}
        </Button>
      )}
      {remedies.includes('dismiss') && samples.length === finding.samples_total && (
        <Button size="small" variant="quiet" isBusy={isBusy} onClick={() => void dismiss(finding, true)}>
          {finding.kind === 'mislabelled' ? 'The label is correct' : 'Not a problem'}
        </Button>
      )}
      {remedies.includes('add_more') && (
        <Link href={addImages} {...buttonProps({ size: 'small' })}>
          Add images
        </Link>
      )}
    </div>
  )
}

/** The suggested class and those that it came with first; all others from a list. */
function ClassButtons({
  finding: { samples, labels, suggested_label: suggested },
  classes,
  isBusy,
  repair,
}: Pick<FindingRemediesProps, 'finding' | 'classes' | 'isBusy' | 'repair'>) {
  const ids = samples.map(({ id }) => id)
  const current = ids.length === 1 && !samples[0]!.is_excluded ? samples[0]!.label : null
  const choose = (label: string) =>
    void repair({
      ids,
      label,
      is_excluded: false,
      text: `${counted(ids.length, 'image')} labelled ${label}.`,
    })
  const likely = suggested === null ? labels : [suggested]
  const possible = classes.filter((name) => name !== current)
  const shown = possible.length <= MOST_BUTTONS ? [...new Set([...likely, ...possible])] : likely
  const rest = possible.filter((name) => !shown.includes(name))
  return (
    <>
      {shown.map((name) => (
        <Button
          key={name}
          size="small"
          variant={likely.includes(name) ? 'primary' : 'quiet'}
          isBusy={isBusy}
          onClick={() => choose(name)}
        >
          {ids.length === 1 ? `It is ${name}` : `All are ${name}`}
        </Button>
      ))}
      {rest.length > 0 && <OtherClass classes={rest} isBusy={isBusy} choose={choose} />}
    </>
  )
}

/** Saved by a button: arrow keys change a list while a person looks through it. */
function OtherClass({
  classes,
  isBusy,
  choose,
}: {
  readonly classes: readonly string[]
  readonly isBusy: boolean
  readonly choose: (label: string) => void
}) {
  const [chosen, setChosen] = useState('')
  return (
    <>
      <Select
        label="Another class"
        value={chosen}
        options={[{ value: '', label: 'Choose…' }, ...classes.map((name) => ({ value: name, label: name }))]}
        onChange={(event) => setChosen(event.target.value)}
      />
      {chosen !== '' && (
        <Button size="small" isBusy={isBusy} onClick={() => choose(chosen)}>
          It is {chosen}
        </Button>
      )}
    </>
  )
}
