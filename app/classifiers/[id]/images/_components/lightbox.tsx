'use client'
/** One image enlarged, with its facts; the arrow keys show its neighbours. */
import { useEffect, useRef, type KeyboardEvent } from 'react'
import type { SampleAnswer } from '#lib/contracts/uploads.ts'
import { Button } from '#lib/ui/button.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { StoredImage } from '#lib/ui/stored-image.tsx'
import { ClassChoice } from '../../../../_components/class-choice.tsx'
import { MOST_BUTTONS } from '../../../../_components/matching-classes.ts'
import { commandOf, type KeyCommand } from './key-commands.ts'
import { labelText, SOURCE_NAMES, SPLIT_NAMES } from './sample-text.ts'
import { Suggestion } from './suggestion.tsx'
import type { Edit } from './sample-edit.ts'

const SMALL_SIDE = 128

type LightboxProps = {
  /** Null: closed. Undefined: its page is being loaded. */
  readonly sample: SampleAnswer | null | undefined
  readonly position: number
  readonly total: number
  readonly mayEdit: boolean
  /** Whether a live version can suggest labels. */
  readonly canPredict: boolean
  readonly classes: readonly string[]
  readonly onMove: (by: -1 | 1) => void
  readonly onEdit: (edit: Edit) => void
  readonly onCommand: (command: KeyCommand) => void
  readonly onClose: () => void
}

export function Lightbox(props: LightboxProps) {
  const { sample, position, total, onMove, onCommand, onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const isOpen = sample !== null
  useEffect(() => {
    if (isOpen && !dialog.current?.open) dialog.current?.showModal()
    if (!isOpen && dialog.current?.open) dialog.current.close()
  }, [isOpen])
  // after each change: the button that had the focus may be disabled or gone; keys would then go to the page
  useEffect(() => {
    const active = document.activeElement
    if (dialog.current?.open && (!active || active === document.body || active.matches(':disabled')))
      dialog.current.focus()
  })

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement) return
    const command = commandOf(event)
    if (!command || command.kind === 'clear' || command.kind === 'open' || command.kind === 'toggle') return
    event.preventDefault()
    if (command.kind === 'move') {
      if (command.by === -1 || command.by === 1) onMove(command.by)
    } else onCommand(command)
  }

  return (
    <dialog
      ref={dialog}
      className="dialog lightbox"
      tabIndex={-1}
      aria-label="Enlarged image"
      onClose={onClose}
      onKeyDown={onKeyDown}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose()
      }}
    >
      {isOpen && (
        <>
          <div className="lightbox-image">
            {sample && (
              <StoredImage
                key={sample.id}
                src={sample.image_url}
                alt={sample.filename ?? labelText(sample)}
                data-enlarged={Math.max(sample.width, sample.height) <= SMALL_SIDE}
              />
            )}
          </div>
          <div className="lightbox-side">
            <div className="row">
              <Button size="small" disabled={position === 0} onClick={() => onMove(-1)}>
                Previous
              </Button>
              <Button size="small" disabled={position >= total - 1} onClick={() => onMove(1)}>
                Next
              </Button>
              <span className="small muted">
                {(position + 1).toLocaleString('en-GB')} of {total.toLocaleString('en-GB')}
              </span>
              <Button size="small" variant="quiet" onClick={onClose}>
                Close
              </Button>
            </div>
            {sample ? <SampleFacts {...props} sample={sample} /> : <p className="muted">Loading…</p>}
          </div>
        </>
      )}
    </dialog>
  )
}

function SampleFacts({
  sample,
  mayEdit,
  canPredict,
  classes,
  onEdit,
}: LightboxProps & { readonly sample: SampleAnswer }) {
  const { predicted, split, filename, width, height, size_bytes: bytes, source } = sample
  const isTrashed = sample.trashed_at !== null
  return (
    <>
      <h2 className="break-words">{labelText(sample)}</h2>
      {sample.label === null && !isTrashed && canPredict && (
        <Suggestion
          key={sample.id}
          sample={sample}
          mayAccept={mayEdit}
          onAccept={(label) => onEdit({ label })}
        />
      )}
      <Facts>
        {predicted && (
          <Fact name="Predicted">
            {predicted.class} <FigureNumber share={predicted.confidence} digits={0} /> ({predicted.version})
          </Fact>
        )}
        {split && <Fact name="Set">{SPLIT_NAMES[split]}</Fact>}
        {filename && (
          <Fact name="File name" isWide>
            <span className="break-all">{filename}</span>
          </Fact>
        )}
        <Fact name="Size">
          {width} × {height} px, {Math.max(1, Math.round(bytes / 1024)).toLocaleString('en-GB')} kB
        </Fact>
        <Fact name="Source">{SOURCE_NAMES[source]}</Fact>
        <Fact name="Added">{sample.created_at.slice(0, 10)}</Fact>
        {sample.is_excluded && <Fact name="Training">Excluded</Fact>}
        {isTrashed && <Fact name="Trash">Since {sample.trashed_at?.slice(0, 10)}</Fact>}
      </Facts>
      {mayEdit && !isTrashed && (
        <>
          {classes.length > MOST_BUTTONS && (
            <ClassChoice
              key={sample.id}
              label="Set the label"
              classes={classes}
              isBusy={false}
              onChoose={(label) => onEdit({ label })}
            />
          )}
          {classes.length <= MOST_BUTTONS && (
            <div className="row" role="group" aria-label="Set the label">
              {classes.map((name, i) => (
                <Button
                  key={name}
                  size="small"
                  aria-pressed={name === sample.label}
                  onClick={() => onEdit({ label: name })}
                >
                  <kbd aria-hidden="true">{i + 1}</kbd> <span className="image-class-name">{name}</span>
                </Button>
              ))}
            </div>
          )}
          <div className="row">
            <Button size="small" onClick={() => onEdit({ is_excluded: !sample.is_excluded })}>
              {sample.is_excluded ? 'Include' : 'Exclude'}
            </Button>
            <Button size="small" variant="danger" onClick={() => onEdit({ is_trashed: true })}>
              Move to trash
            </Button>
          </div>
        </>
      )}
      {mayEdit && isTrashed && (
        <Button size="small" onClick={() => onEdit({ is_trashed: false })}>
          Restore
        </Button>
      )}
    </>
  )
}
