'use client'
/** Stops a training run, or resumes one that was stopped. */
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { call } from '#lib/contracts/client.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { Button } from '#lib/ui/button.tsx'
import { toast } from '#lib/ui/toast.tsx'
import { failureOf } from '../../../../_components/request-error.ts'
import { isUnderWay } from './run-progress.ts'

type RunActionsProps = {
  readonly run: RunAnswer
  readonly onChange: (run: RunAnswer) => void
}

export function RunActions({ run, onChange }: RunActionsProps) {
  const router = useRouter()
  const [isBusy, setIsBusy] = useState(false)
  const send = async (route: 'POST /api/runs/{id}/cancel' | 'POST /api/runs/{id}/resume') => {
    setIsBusy(true)
    try {
      onChange(await call(route, { id: run.id }))
      router.refresh()
    } catch (error) {
      toast(failureOf(error).detail, 'bad')
    } finally {
      setIsBusy(false)
    }
  }
  if (run.state === 'judging') return null // too late to stop
  if (isUnderWay(run))
    return (
      <Button
        variant="danger"
        size="small"
        isBusy={isBusy}
        onClick={() => void send('POST /api/runs/{id}/cancel')}
      >
        Cancel training
      </Button>
    )
  if (!run.can_resume) return null
  return (
    <Button
      size="small"
      variant="primary"
      isBusy={isBusy}
      onClick={() => void send('POST /api/runs/{id}/resume')}
    >
      Resume
    </Button>
  )
}
