'use client'
/** The actions on one version: promote, download, delete. Promoting and deleting ask for confirmation. */
import { useRouter } from 'next/navigation'
import { useState, useTransition } from 'react'
import { addressOf, call } from '#lib/contracts/client.ts'
import type { VersionAnswer } from '#lib/contracts/models.ts'
import { MIN_REASON_LENGTH } from '#lib/domain/evaluation/gate.ts'
import { TRASH_DAYS } from '#lib/domain/sample-state.ts'
import { Button, buttonProps } from '#lib/ui/button.tsx'
import { Dialog } from '#lib/ui/dialog.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Input } from '#lib/ui/field.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../../../_components/request-error.ts'

export function VersionActions({
  version,
  mayTrain,
}: {
  readonly version: VersionAnswer
  readonly mayTrain: boolean
}) {
  const [dialog, setDialog] = useState<'promote' | 'delete' | null>(null)
  const { id, version: name, is_champion: isChampion, is_shipped: isShipped } = version
  return (
    <span className="flex flex-wrap justify-end gap-1 sm:justify-start">
      {mayTrain && !isChampion && (
        <Button size="small" onClick={() => setDialog('promote')} aria-label={`Promote ${name}`}>
          Promote
        </Button>
      )}
      <a
        {...buttonProps({ size: 'small', variant: 'quiet' })}
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
          onClick={() => setDialog('delete')}
          aria-label={`Delete ${name}`}
        >
          Delete
        </Button>
      )}
      <PromoteDialog version={version} isOpen={dialog === 'promote'} onClose={() => setDialog(null)} />
      <DeleteDialog version={version} isOpen={dialog === 'delete'} onClose={() => setDialog(null)} />
    </span>
  )
}

type DialogProps = { readonly version: VersionAnswer; readonly isOpen: boolean; readonly onClose: () => void }

function PromoteDialog({ version, isOpen, onClose }: DialogProps) {
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
      title={`Make ${version.version} the live version?`}
      actions={
        <>
          <Button variant="quiet" onClick={close}>
            Cancel
          </Button>
          <Button
            variant="primary"
            isBusy={isBusy}
            disabled={needsReason && reason.trim().length < MIN_REASON_LENGTH}
            onClick={() => void promote()}
          >
            Promote {version.version}
          </Button>
        </>
      }
    >
      <p>{version.verdict ? version.verdict.sentence : 'It has not been compared with the live version.'}</p>
      {needsReason && (
        <Input
          label="Reason for promoting a weaker version"
          value={reason}
          maxLength={500}
          required
          onChange={(event) => setReason(event.currentTarget.value)}
          hint="Stored with the promotion."
        />
      )}
      {failure && <ErrorNotice title="The version was not promoted" failure={failure} />}
    </Dialog>
  )
}

function DeleteDialog({ version, isOpen, onClose }: DialogProps) {
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
      {failure && <ErrorNotice title="The version was not deleted" failure={failure} />}
    </Dialog>
  )
}

/** Runs the action of a dialog: busy, failed with an error, or done with a message. The dialog stays open
 *  until the page shows the result. */
function useAttempt(onClose: () => void) {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const [isRefreshing, startRefresh] = useTransition()
  const [failure, setFailure] = useState<ReturnType<typeof failureOf> | null>(null)
  const close = () => {
    setFailure(null)
    onClose()
  }
  const attempt = async (work: () => Promise<string>) => {
    setIsBusy(true)
    setFailure(null)
    try {
      const message = await work()
      startRefresh(() => {
        router.refresh()
        close()
      })
      toast(message)
    } catch (error) {
      setFailure(failureOf(error))
    } finally {
      setIsBusy(false)
    }
  }
  return { isBusy: isBusy || isRefreshing, failure, attempt, close }
}
