'use client'
/** The last step: starts the first training run, and shows it. */
import { useRouter } from 'next/navigation'
import { call } from '#lib/contracts/client.ts'
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { Button } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { useMutation } from '../../../_components/use-mutation.ts'

export function TrainStep({ classifier }: { readonly classifier: string }) {
  const router = useRouter()
  const { isBusy, failure, mutate } = useMutation()
  const start = async () => {
    const started = await mutate(() => call('POST /api/retrain', { classifier }))
    if (started) router.push(classifierPage(classifier, `train/${started.run.id}`))
  }
  return (
    <Card title="Train the first version">
      <p className="small">
        With a few hundred images this takes seconds to minutes. The next page shows the progress and then how
        good the classifier is; you can close it meanwhile.
      </p>
      <div className="row">
        <Button variant="primary" isBusy={isBusy} onClick={() => void start()}>
          Train the classifier
        </Button>
      </div>
      {failure && <ErrorNotice title="The training run could not be started" failure={failure} />}
    </Card>
  )
}
