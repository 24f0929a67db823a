/** The settings of one classifier: name, classes, when it is retrained and promoted, export and deletion. */
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { PhoneFold } from '#lib/ui/phone-fold.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { PermissionGate } from '../../../_components/permission-gate.tsx'
import { requireViewer } from '../../../current-user.ts'
import { AutoRetrainCard } from '../train/_components/auto-retrain-card.tsx'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { ChangesCard } from './_components/changes-card.tsx'
import { ClassesCard } from './_components/classes-card.tsx'
import { DeleteClassifier } from './_components/delete-classifier.tsx'
import { ExportCard } from './_components/export-card.tsx'
import { NameForm } from './_components/name-form.tsx'
import { PromotionForm } from './_components/promotion-form.tsx'

export const metadata = { title: 'Classifier settings' }
const RECENT_CHANGES = 20

export default async function ClassifierSettings({ params }: ClassifierPageProps) {
  const classifier = await classifierOfPage(params)
  const { id, title } = classifier
  const user = await requireViewer(classifierPage(id, 'settings'))
  const { queries, training, operations } = darkroom()
  const [classes, automatic, settings, { changes }] = await Promise.all([
    queries.manageClasses({ id }),
    training.getAutoRetrain({ id }, user.context),
    operations.listSettings({}, user.context),
    queries.listChanges({ classifier: id, limit: RECENT_CHANGES }),
  ])
  const common = settings.settings.find(({ name }) => name === 'AUTO_PROMOTE')?.value ?? 'not_worse'
  return (
    <div className="stack">
      <PageHead title="Classifier settings" lead={`Name, classes, retraining and promotion of ${title}.`}>
        <PageHelp topic="settings" />
      </PageHead>
      <Card title="Name">
        <PermissionGate user={user} scope="edit" action="rename this classifier">
          <NameForm id={id} title={title} isMirrorable={classifier.is_mirrorable} />
        </PermissionGate>
      </Card>
      <ClassesCard list={classes} mayEdit={user.may('edit')} isExample={classifier.is_shipped} />
      <ChangesCard changes={changes} mayEdit={user.may('edit')} />
      <PhoneFold title="Retraining and promotion">
        <AutoRetrainCard automatic={automatic} user={user} />
        <Card title="Promotion">
          <PermissionGate user={user} scope="edit" action="change when a new version goes live">
            <PromotionForm id={id} choice={classifier.auto_promote} common={common} />
          </PermissionGate>
        </Card>
      </PhoneFold>
      <PhoneFold title="Export">
        <ExportCard classifier={classifier} mayEdit={user.may('edit')} />
      </PhoneFold>
      <Card title="Delete the classifier">
        <PermissionGate user={user} scope="admin" action="delete this classifier">
          <DeleteClassifier id={id} title={title} isExample={classifier.is_shipped} />
        </PermissionGate>
      </Card>
    </div>
  )
}
