'use client'
/** What the last change did, with its undo; or why it failed. */
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import type { ImageEdits } from './use-sample-edits.ts'

export function ChangeNotice({ edits }: { readonly edits: ImageEdits }) {
  const { notice, failure, blockedUndo, canUndo, isBusy, undo, dismiss } = edits
  return (
    <>
      <div className="image-notice" role="status" data-empty={notice === null || undefined}>
        {notice && (
          <>
            <span>{notice.text}</span>
            {canUndo && (
              <Button size="small" isBusy={isBusy} onClick={() => void undo()}>
                Undo
              </Button>
            )}
            <Button size="small" variant="quiet" onClick={dismiss}>
              Close
            </Button>
          </>
        )}
      </div>
      {failure && (
        <ErrorNotice
          title={blockedUndo ? 'Not undone' : 'Nothing was changed'}
          failure={failure}
          action={
            <>
              {blockedUndo && (
                <Button size="small" isBusy={isBusy} onClick={() => void undo(true)}>
                  Undo the other images
                </Button>
              )}
              <Button size="small" variant="quiet" onClick={dismiss}>
                Close
              </Button>
            </>
          }
        />
      )}
    </>
  )
}
