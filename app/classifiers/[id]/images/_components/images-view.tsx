'use client'
/** The list of images with everything that can be done to them: selection, keys, changes and their undo. A page with
 *  other filters renders another one. */
import { useRef, useState } from 'react'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { isFocusFree } from '#lib/ui/focus-keeper.tsx'
import type { ImageList } from '../filters.ts'
import { ChangeNotice } from './change-notice.tsx'
import { ImageGrid } from './image-grid.tsx'
import type { KeyCommand } from './key-commands.ts'
import { KeyboardHelp } from './keyboard-help.tsx'
import { Lightbox } from './lightbox.tsx'
import { leavesList } from './sample-list.ts'
import { ALL, countOf, NOTHING, without, type Selection } from './selection.ts'
import { SelectionBar } from './selection-bar.tsx'
import { useUndoKey } from './use-undo-key.ts'
import type { ChangeTarget, Edit } from './sample-edit.ts'
import { useSampleEdits } from './use-sample-edits.ts'
import { useSamplePages, type InitialSamples } from './use-sample-pages.ts'

type ImagesViewProps = {
  readonly classifier: string
  readonly classes: readonly string[]
  readonly list: ImageList
  readonly initial: InitialSamples
  readonly mayEdit: boolean
  /** Whether a live version can suggest labels. */
  readonly canPredict: boolean
}

export function ImagesView(props: ImagesViewProps) {
  const { classifier, classes, list, initial, mayEdit, canPredict } = props
  const section = useRef<HTMLElement>(null)
  const pages = useSamplePages(classifier, list, initial)
  const edits = useSampleEdits(pages)
  useUndoKey(edits.undo)
  const [chosen, setSelection] = useState<Selection>(NOTHING)
  const selection = without(chosen, pages.isHidden)
  const [position, setPosition] = useState(0)
  const [isEnlarged, setIsEnlarged] = useState(list.filters.sample !== undefined)
  const [isHelpOpen, setIsHelpOpen] = useState(false)
  const current = Math.max(0, Math.min(position, pages.total - 1))
  const currentSample = pages.at(current)
  const count = countOf(selection, pages.total)

  const allThatMatch = (): ChangeTarget => ({ filter: { classifier, ...list.filters } })
  /** The selected images; without a selection the one that the keyboard is on. */
  const target = (): ChangeTarget | null => {
    if (selection.kind === 'all') return allThatMatch()
    if (selection.ids.size > 0) return { ids: [...selection.ids] }
    return currentSample ? { ids: [currentSample.id] } : null
  }
  const change = async (edit: Edit, to: ChangeTarget | null) => {
    if (!mayEdit || to === null) return
    const isChanged = await edits.apply(to, edit)
    const ids = new Set(to.ids)
    if (isChanged && leavesList(edit, list.filters)) setSelection((now) => without(now, (id) => ids.has(id)))
    if (isChanged && chosen.kind === 'all') setSelection((now) => (now === chosen ? NOTHING : now))
    if (!isEnlarged) focusList()
  }
  /** A button or a dialog that has disappeared leaves the focus nowhere. */
  const focusList = () =>
    section.current
      ?.querySelector<HTMLElement>('[role=listbox], [data-empty-list]')
      ?.focus({ preventScroll: true })

  /** `only`: the image that is enlarged, whatever is selected. */
  const onCommand = (command: KeyCommand, only: ChangeTarget | null = null) => {
    const to = only ?? target()
    switch (command.kind) {
      case 'select-all':
        return setSelection(ALL)
      case 'clear':
        return setSelection(NOTHING)
      case 'help':
        return setIsHelpOpen(true)
      case 'undo':
        return void edits.undo()
      case 'exclude':
        return void change({ is_excluded: !currentSample?.is_excluded }, to)
      case 'test':
        return void change({ split: 'test' }, to)
      case 'trash':
        return void change({ is_trashed: true }, to)
      case 'restore':
        return void change({ is_trashed: false }, to)
      case 'label': {
        const label = classes[command.classIndex]
        return label === undefined ? undefined : void change({ label }, to)
      }
      case 'move':
      case 'toggle':
      case 'open':
        return undefined
    }
  }

  const enlarged = currentSample ? { ids: [currentSample.id] } : null
  return (
    <section ref={section} className="image-work" aria-label="Images">
      <div className="image-tools">
        <SelectionBar
          count={count}
          total={pages.total}
          isAll={selection.kind === 'all'}
          isTrash={list.filters.state === 'trashed'}
          mayEdit={mayEdit}
          isBusy={edits.isBusy}
          classes={classes}
          onEdit={(edit) => void change(edit, target())}
          onSelectAll={() => setSelection(ALL)}
          onClear={() => setSelection(NOTHING)}
        />
        {pages.total > 0 && (
          <Button size="small" variant="quiet" onClick={() => setIsEnlarged(true)}>
            Enlarge
          </Button>
        )}
        <Button size="small" variant="quiet" onClick={() => setIsHelpOpen(true)}>
          Keyboard
        </Button>
      </div>
      <ChangeNotice edits={edits} />
      {pages.failure && (
        <ErrorNotice
          title="Some images could not be loaded"
          failure={pages.failure}
          action={
            <Button size="small" onClick={() => void pages.reload()}>
              Try again
            </Button>
          }
        />
      )}
      {pages.total === 0 && (
        <p className="muted" tabIndex={-1} data-empty-list>
          {list.filters.state === 'unlabelled'
            ? 'Every image has a label now.'
            : 'No images match the filters.'}
        </p>
      )}
      {pages.total > 0 && (
        <ImageGrid
          pages={pages}
          selection={selection}
          onSelect={setSelection}
          current={current}
          onCurrent={setPosition}
          onOpen={(at) => {
            setPosition(at)
            setIsEnlarged(true)
          }}
          onCommand={onCommand}
        />
      )}
      <Lightbox
        sample={isEnlarged && pages.total > 0 ? currentSample : null}
        position={current}
        total={pages.total}
        mayEdit={mayEdit}
        canPredict={canPredict}
        classes={classes}
        onMove={(by) => {
          const next = Math.max(0, Math.min(pages.total - 1, current + by))
          pages.show({ first: next, end: next + 1 })
          setPosition(next)
        }}
        onEdit={(edit) => void change(edit, enlarged)}
        onCommand={(command) => onCommand(command, enlarged)}
        onClose={() => {
          setIsEnlarged(false)
          // where the grid is gone, the focus cannot go back to it
          if (isFocusFree() || document.activeElement?.matches('dialog')) focusList()
        }}
      />
      <KeyboardHelp isOpen={isHelpOpen} classes={classes} onClose={() => setIsHelpOpen(false)} />
    </section>
  )
}
