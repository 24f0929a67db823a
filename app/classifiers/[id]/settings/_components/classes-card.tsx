'use client'
/** The classes of a classifier with their images: add one, and rename, merge or remove each. */
import { useState } from 'react'
import type { ClassListAnswer } from '#lib/contracts/classes.ts'
import { Badge } from '#lib/ui/badge.tsx'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { Table } from '#lib/ui/table.tsx'
import { AddClass } from './add-class.tsx'
import type { ClassRow } from './class-row.ts'
import { MergeDialog } from './merge-dialog.tsx'
import { RemoveDialog } from './remove-dialog.tsx'
import { RenameDialog } from './rename-dialog.tsx'

type OpenDialog = { readonly kind: 'rename' | 'merge' | 'remove'; readonly row: ClassRow }

type ClassesCardProps = {
  readonly list: ClassListAnswer
  readonly mayEdit: boolean
  /** Its classes can be renamed only. */
  readonly isExample: boolean
}

export function ClassesCard({
  list: { classifier: id, classes, removed },
  mayEdit,
  isExample,
}: ClassesCardProps) {
  const [open, setOpen] = useState<OpenDialog | null>(null)
  const close = () => setOpen(null)
  const others = classes.map((one) => one.class).filter((name) => name !== open?.row.class)
  return (
    <Card title="Classes" id="classes">
      {classes.length === 0 ? (
        <p className="muted">
          No classes yet. They are created from the folder names of your images, or here.
        </p>
      ) : (
        <Table
          caption="Classes"
          hideCaption
          variant="lines"
          rows={classes}
          keyOf={(row) => row.class}
          columns={[
            {
              name: 'Class',
              cell: (row) => (
                <span className="row gap-2">
                  <span className="[overflow-wrap:anywhere]">{row.class}</span>
                  {row.is_predicted === false && <Badge>after the next training run</Badge>}
                </span>
              ),
            },
            {
              name: 'Images',
              isNumeric: true,
              cell: (row) => (
                <>
                  {row.images.toLocaleString('en-GB')}
                  <span className="sm:hidden"> {row.images === 1 ? 'image' : 'images'}</span>
                </>
              ),
            },
            ...(mayEdit
              ? [
                  {
                    name: 'Actions',
                    line: 'second' as const,
                    cell: (row: ClassRow) => <Actions row={row} isExample={isExample} onOpen={setOpen} />,
                  },
                ]
              : []),
          ]}
        />
      )}
      {removed.length > 0 && (
        <p className="small" role="note">
          Removed, but still predicted until the next training run: {removed.join(', ')}.
        </p>
      )}
      {mayEdit && <AddClass id={id} />}
      {open?.kind === 'rename' && <RenameDialog id={id} row={open.row} onClose={close} />}
      {open?.kind === 'merge' && <MergeDialog id={id} row={open.row} others={others} onClose={close} />}
      {open?.kind === 'remove' && <RemoveDialog id={id} row={open.row} onClose={close} />}
    </Card>
  )
}

function Actions({
  row,
  isExample,
  onOpen,
}: {
  readonly row: ClassRow
  readonly isExample: boolean
  readonly onOpen: (dialog: OpenDialog) => void
}) {
  const kinds = isExample ? (['rename'] as const) : (['rename', 'merge', 'remove'] as const)
  const labels = { rename: 'Rename', merge: 'Merge', remove: 'Remove' } as const
  return (
    <span className="flex flex-wrap gap-1">
      {kinds.map((kind) => (
        <Button key={kind} size="small" variant="quiet" onClick={() => onOpen({ kind, row })}>
          {labels[kind]}
          <span className="sr-only"> {row.class}</span>
        </Button>
      ))}
    </span>
  )
}
