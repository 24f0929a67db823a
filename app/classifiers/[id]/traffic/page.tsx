/** The predictions of a classifier over time, compared with its training images. */
import { PageHead } from '#lib/ui/shell.tsx'
import { PageHelp } from '../../../_components/page-help.tsx'
import { currentUser } from '../../../current-user.ts'
import { classifierOfPage, type ClassifierPageProps } from '../../classifier-of-page.ts'
import { TrafficView } from './_components/traffic-view.tsx'

export const metadata = { title: 'Traffic' }

export default async function Traffic({ params }: ClassifierPageProps) {
  const classifier = await classifierOfPage(params)
  return (
    <div className="stack">
      <PageHead
        title="Traffic"
        lead="How often the classifier is used, how confident it is, and what has changed since its training."
      >
        <PageHelp topic="traffic" />
      </PageHead>
      <TrafficView user={await currentUser()} classifier={classifier} />
    </div>
  )
}
