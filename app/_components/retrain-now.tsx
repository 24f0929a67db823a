'use client'
/** Starts the training run that automatic retraining suggests, and shows it. */
import { useRouter } from 'next/navigation'
import { call } from '#lib/contracts/client.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Button } from '#lib/ui/button.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from './use-mutation.ts'

export function RetrainNow({ classifier, title }: { readonly classifier: string; readonly title: string }) {
  const router = useRouter()
  const { isBusy, failure, mutate } = useMutation()
  const start = async () => {
    const started = await mutate(() => call('POST /api/retrain', { classifier }))
    if (started) router.push(classifierPage(classifier, `train/${started.run.id}`))
  }
  return (
    <>
      <Button size="small" variant="primary" isBusy={isBusy} onClick={() => void start()}>
        Retrain {title}
      </Button>
      {failure && <ErrorNotice title="The training run could not be started" failure={failure} />}
    </>
  )
}
