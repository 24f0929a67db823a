/** A new version of a classifier from a network of another program with the same classes. */
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { darkroom } from '#lib/http/context.ts'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { requireViewer } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { ImportForm } from '../../../importing/_components/import-form.tsx'
import { ImportList } from '../../../importing/_components/import-list.tsx'

export const metadata = { title: 'Import a version' }
const MOST_SHOWN = 5

export default async function ImportVersion({ params }: ClassifierPageProps) {
  const { id, classes } = await classifierOfPage(params)
  const user = await requireViewer(classifierPage(id, 'versions/import'))
  const reason = user.denialReason('edit', 'import a version')
  const head = (
    <PageHead
      title="Import a version"
      lead="A network that was trained elsewhere on the same classes. It goes live only if no other version is live."
    >
      <PageHelp topic="import" />
    </PageHead>
  )
  if (reason !== null)
    return (
      <>
        {head}
        <EmptyState icon="key" title="Only editors can import versions">
          {reason}
        </EmptyState>
      </>
    )
  const { jobs } = await darkroom().training.listImportJobs({}, user.context)
  const own = jobs.filter((job) => job.classifier === id).slice(0, MOST_SHOWN)
  return (
    <div className="stack">
      {head}
      <ImportForm classifier={{ id, classes }} />
      {own.length > 0 && <ImportList jobs={own} />}
    </div>
  )
}
