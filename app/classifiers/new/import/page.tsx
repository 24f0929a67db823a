/** A new classifier from a network of another program, or a whole one from another Darkroom. */
import { darkroom } from '#lib/http/context.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { requireViewer } from '../../../current-user.ts'
import { ImportForm } from '../../importing/_components/import-form.tsx'
import { ImportList } from '../../importing/_components/import-list.tsx'

export const metadata = { title: 'Import a classifier' }
const MOST_SHOWN = 5

export default async function ImportClassifier() {
  const user = await requireViewer('/classifiers/new/import')
  const reason = user.denialReason('edit', 'import a classifier')
  const head = (
    <PageHead
      title="Import a classifier"
      lead="A network that was trained elsewhere, or a classifier from another Darkroom. Nothing is trained."
    >
      <PageHelp topic="import" />
    </PageHead>
  )
  if (reason !== null)
    return (
      <>
        {head}
        <EmptyState icon="key" title="Only editors can import classifiers">
          {reason}
        </EmptyState>
      </>
    )
  const { queries, training } = darkroom()
  const [{ jobs }, { classifiers }] = await Promise.all([
    training.listImportJobs({}, user.context),
    queries.listClassifiers({}),
  ])
  return (
    <div className="stack">
      {head}
      <ImportForm taken={classifiers.map((one) => one.id)} />
      {jobs.length > 0 && <ImportList jobs={jobs.slice(0, MOST_SHOWN)} />}
    </div>
  )
}
