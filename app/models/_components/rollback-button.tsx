'use client'
/** Lets the version before answer again. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import { Button } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../_components/failure.ts'

export function RollbackButton({
  classifier,
  champion,
}: {
  readonly classifier: string
  readonly champion: string
}) {
  const router = useRouter()
  const [isAsking, setIsAsking] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const rollBack = async () => {
    setIsBusy(true)
    try {
      const { champion: now } = await call('POST /api/models/rollback', { classifier })
      toast(`${now.version} answers again.`)
      router.refresh()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
      setIsAsking(false)
    }
  }
  return (
    <>
      <Button size="small" onClick={() => setIsAsking(true)}>
        Roll back
      </Button>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title="Roll back?"
        actions={
          <>
            <Button variant="quiet" onClick={() => setIsAsking(false)}>
              Leave it
            </Button>
            <Button variant="primary" isBusy={isBusy} onClick={() => void rollBack()}>
              Roll back
            </Button>
          </>
        }
      >
        <p>
          The version that answered before {champion} answers again, at once. {champion} stays in the list and
          can be promoted again.
        </p>
      </Dialog>
    </>
  )
}
