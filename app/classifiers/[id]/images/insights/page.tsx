/** Charts of a classifier: its dataset, its model, its predictions. */
import Link from 'next/link'
import { SegmentedLinks } from '#lib/ui/segmented.tsx'
import { ClassifierPageHead } from '../../_components/classifier-page-head.tsx'
import { selectClassifier } from '../../../../select-classifier.ts'
import { queryOf, currentUser, type PageProps } from '../../../../current-user.ts'
import { DataView } from './_components/data-view.tsx'
import { ModelView } from '../../versions/_components/model-view.tsx'
import { TrafficView } from '../../traffic/_components/traffic-view.tsx'

export const metadata = { title: 'Visualize' }
const VIEWS = [
  ['data', 'Data'],
  ['model', 'Model'],
  ['traffic', 'Traffic'],
] as const

export default async function Visualize(props: PageProps) {
  const query = await queryOf(props)
  const user = await currentUser()
  const selection = await selectClassifier(query.classifier)
  const { selected } = selection
  const head = (
    <ClassifierPageHead
      title="Visualize"
      lead="Explore the dataset, the model’s mistakes and its predictions."
      selection={selection}
      mayUpload={user.may('upload')}
    />
  )
  if (selected === null) return head
  const [view] = VIEWS.find(([name]) => name === query.view) ?? VIEWS[user.isLoggedIn ? 0 : 1]
  return (
    <div className="stack">
      {head}
      <div>
        <SegmentedLinks label="Views">
          {VIEWS.map(([name, label]) => (
            <Link
              key={name}
              href={`/visualize?classifier=${selected.id}&view=${name}`}
              aria-current={name === view ? 'page' : undefined}
            >
              {label}
            </Link>
          ))}
        </SegmentedLinks>
      </div>
      {view === 'data' && <DataView user={user} classifier={selected} query={query} />}
      {view === 'model' && <ModelView user={user} classifier={selected} />}
      {view === 'traffic' && <TrafficView user={user} classifier={selected} />}
    </div>
  )
}
