'use client'
/** What may be done with one version: let it answer, take it along, delete it. Each that cannot be taken back
 *  lightly asks first. */
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { addressOf, call } from '#lib/contracts/client.ts'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { Button, looksLikeButton } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../_components/failure.ts'

const SHORTEST_REASON = 3 // as the contract has it

export function VersionActions({
  version,
  mayTrain,
}: {
  readonly version: VersionAnswer
  readonly mayTrain: boolean
}) {
  const [asking, setAsking] = useState<'promote' | 'delete' | null>(null)
  const { id, version: name, is_champion: isChampion, is_shipped: isShipped } = version
  return (
    <span className="flex flex-wrap justify-end gap-1 sm:justify-start">
      {mayTrain && !isChampion && (
        <Button size="small" onClick={() => setAsking('promote')} aria-label={`Promote ${name}`}>
          Promote
        </Button>
      )}
      <a
        {...looksLikeButton({ size: 'small', variant: 'quiet' })}
        href={addressOf('GET /api/models/{id}/download', { id, format: 'bundle' })}
        download
        aria-label={`Download ${name}`}
      >
        Download
      </a>
      {mayTrain && !isChampion && !isShipped && (
        <Button
          size="small"
          variant="quiet"
          onClick={() => setAsking('delete')}
          aria-label={`Delete ${name}`}
        >
          Delete
        </Button>
      )}
      <PromoteDialog version={version} isOpen={asking === 'promote'} onClose={() => setAsking(null)} />
      <DeleteDialog version={version} isOpen={asking === 'delete'} onClose={() => setAsking(null)} />
    </span>
  )
}

type Asking = { readonly version: VersionAnswer; readonly isOpen: boolean; readonly onClose: () => void }

function PromoteDialog({ version, isOpen, onClose }: Asking) {
  const isWorse = version.verdict?.kind === 'worse'
  const [reason, setReason] = useState('')
  const { isBusy, failure, attempt, close } = useAttempt(onClose)
  const needsReason = isWorse || failure?.code === 'gate_refuses'
  const promote = () =>
    attempt(async () => {
      const { champion, acknowledged } = await call('POST /api/models/{id}/promote', {
        id: version.id,
        ...(needsReason && { reason: reason.trim() }),
      })
      return acknowledged
        ? `${champion.version} is live.`
        : `${champion.version} was promoted; it goes live as soon as all processes have loaded it.`
    })
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={`Let ${version.version} answer?`}
      actions={
        <>
          <Button variant="quiet" onClick={close}>
            Leave it
          </Button>
          <Button
            variant="primary"
            isBusy={isBusy}
            disabled={needsReason && reason.trim().length < SHORTEST_REASON}
            onClick={() => void promote()}
          >
            Promote {version.version}
          </Button>
        </>
      }
    >
      <p>
        {version.verdict
          ? version.verdict.sentence
          : 'It was not compared with the version that answers now.'}
      </p>
      {needsReason && (
        <Input
          label="Why, although it is worse"
          value={reason}
          maxLength={500}
          required
          onChange={(event) => setReason(event.currentTarget.value)}
          hint="Kept with the promotion."
        />
      )}
      {failure && <ErrorNotice title="It was not promoted" failure={failure} />}
    </Dialog>
  )
}

function DeleteDialog({ version, isOpen, onClose }: Asking) {
  const { isBusy, failure, attempt, close } = useAttempt(onClose)
  const remove = () =>
    attempt(async () => {
      await call('DELETE /api/models/{id}', { id: version.id })
      return `${version.version} was moved to the trash. Restore it there within ${TRASH_DAYS} days.`
    })
  return (
    <Dialog
      isOpen={isOpen}
      onClose={close}
      title={`Move ${version.version} to the trash?`}
      actions={
        <>
          <Button variant="quiet" onClick={close}>
            Cancel
          </Button>
          <Button variant="danger" isBusy={isBusy} onClick={() => void remove()}>
            Move {version.version} to the trash
          </Button>
        </>
      }
    >
      <p>You can restore it for {TRASH_DAYS} days. Its predictions stay in the history.</p>
      {failure && <ErrorNotice title="It was not deleted" failure={failure} />}
    </Dialog>
  )
}

/** One try of something that a dialog asked about: busy, failed with words, or done and said. The dialog
 *  stays until the page shows what was done. */
function useAttempt(onClose: () => void) {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const [isComing, come] = useTransition()
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const close = () => {
    setFailure(null)
    onClose()
  }
  const attempt = async (work: () => Promise<string>) => {
    setIsBusy(true)
    setFailure(null)
    try {
      const done = await work()
      come(() => {
        router.refresh()
        close()
      })
      toast(done)
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setIsBusy(false)
    }
  }
  return { isBusy: isBusy || isComing, failure, attempt, close }
}
