/** Charts of a classifier's images: how many per class, samples, averages, distributions. */
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../../_components/page-help.tsx'
import { currentUser, queryOf } from '../../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../../classifier-of-page.ts'
import { DataView } from './_components/data-view.tsx'

export const metadata = { title: 'Insights' }

export default async function Insights(props: ClassifierPageProps) {
  const query = await queryOf(props)
  const classifier = await classifierOfPage(props.params)
  return (
    <div className="stack">
      <PageHead
        title="Insights"
        lead="How many images each class has, what they look like, and which ones differ from the others."
      >
        <PageHelp topic="insights" />
      </PageHead>
      <DataView user={await currentUser()} classifier={classifier} query={query} />
    </div>
  )
}
