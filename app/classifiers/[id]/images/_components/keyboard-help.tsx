'use client'
/** The keys of the image grid. */
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { KEY_HELP } from './key-commands.ts'

type KeyboardHelpProps = {
  readonly isOpen: boolean
  readonly classes: readonly string[]
  readonly onClose: () => void
}

export function KeyboardHelp({ isOpen, classes, onClose }: KeyboardHelpProps) {
  return (
    <Dialog
      isOpen={isOpen}
      title="Keyboard"
      onClose={onClose}
      actions={
        <Button variant="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      <p>These keys work while the grid or the enlarged image has the focus.</p>
      <dl className="key-list">
        {KEY_HELP.map(([keys, does]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <ol className="small muted list-decimal pl-5" aria-label="Classes for the keys 1 to 9">
        {classes.slice(0, 9).map((name) => (
          <li key={name} className="break-words">
            {name}
          </li>
        ))}
      </ol>
    </Dialog>
  )
}
