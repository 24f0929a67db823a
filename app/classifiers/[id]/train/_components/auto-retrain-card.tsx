/** What this classifier does when images were added or corrected: what would happen now, and the choice. */
import type { AutoRetrainAnswer } from '#lib/contracts/auto-retrain.ts'
import { Card } from '#lib/ui/card.tsx'
import { PermissionGate } from '../../../../_components/permission-gate.tsx'
import type { CurrentUser } from '../../../../current-user.ts'
import { AutoRetrainForm } from './auto-retrain-form.tsx'

export function AutoRetrainCard({
  automatic,
  user,
}: {
  readonly automatic: AutoRetrainAnswer
  readonly user: CurrentUser
}) {
  return (
    <Card title="Automatic retraining">
      <p role={automatic.state === 'paused' || automatic.state === 'hindered' ? 'alert' : 'status'}>
        {automatic.message}
      </p>
      <PermissionGate user={user} scope="train" action="change when this classifier is retrained">
        <AutoRetrainForm automatic={automatic} />
      </PermissionGate>
    </Card>
  )
}
