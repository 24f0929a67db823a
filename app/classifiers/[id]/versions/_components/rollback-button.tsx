'use client'
/** Makes the previous live version live again. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../../../_components/request-error.ts'

export function RollbackButton({
  classifier,
  liveVersion,
}: {
  readonly classifier: string
  readonly liveVersion: string
}) {
  const router = useRouter()
  const [isOpen, setIsOpen] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const rollBack = async () => {
    setIsBusy(true)
    try {
      const { champion: now } = await call('POST /api/models/rollback', { classifier })
      toast(`${now.version} is live again.`)
      router.refresh()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
      setIsOpen(false)
    }
  }
  return (
    <>
      <Button size="small" onClick={() => setIsOpen(true)}>
        Roll back
      </Button>
      <Dialog
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        title="Roll back?"
        actions={
          <>
            <Button variant="quiet" onClick={() => setIsOpen(false)}>
              Cancel
            </Button>
            <Button variant="primary" isBusy={isBusy} onClick={() => void rollBack()}>
              Roll back
            </Button>
          </>
        }
      >
        <p>
          The version that was live before {liveVersion} goes live again immediately. {liveVersion} stays in
          the list and can be promoted again.
        </p>
      </Dialog>
    </>
  )
}
