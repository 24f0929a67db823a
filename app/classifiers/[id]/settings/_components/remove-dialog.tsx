'use client'
/** Removes a class, and moves its images to the trash. */
import { call } from '#lib/contracts/client.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { ClassDialog } from './class-dialog.tsx'
import type { ClassRow } from './class-row.ts'
import { useUndoToast } from './use-undo-toast.ts'

type RemoveProps = { readonly id: string; readonly row: ClassRow; readonly onClose: () => void }

export function RemoveDialog({ id, row, onClose }: RemoveProps) {
  const announce = useUndoToast()
  const remove = async () => {
    const { change } = await call('DELETE /api/classifiers/{id}/classes', {
      id,
      class: row.class,
      with_images: row.images > 0, // the number is stated in this dialog
    })
    announce(`The class “${row.class}” was removed.`, change)
  }
  return (
    <ClassDialog
      title={`Remove “${row.class}”?`}
      failureTitle="The class was not removed"
      action={row.images > 0 ? `Remove with ${counted(row.images, 'image')}` : 'Remove'}
      isDangerous
      isReady
      onConfirm={remove}
      onClose={onClose}
    >
      <p>
        {row.images > 0
          ? `Its ${counted(row.images, 'image')} ${row.images === 1 ? 'is' : 'are'} moved to the trash, where ` +
            `they can be restored for ${TRASH_DAYS} days. The class returns with them.`
          : 'It has no images.'}
      </p>
      {row.is_predicted === true && (
        <p className="small muted">The live version can still predict it until the next training run.</p>
      )}
    </ClassDialog>
  )
}
