/** Charts of a classifier: its dataset, its model, its predictions. */
import Link from 'next/link'
import { PageHead } from '#lib/ui/shell.tsx'
import { SegmentedLinks } from '#lib/ui/segmented.tsx'
import { ClassifierChoice } from '../_components/classifier-choice.tsx'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { selectClassifier } from '../classifiers.ts'
import { queryOf, currentUser, type PageProps } from '../current-user.ts'
import { DataView } from './_components/data-view.tsx'
import { ModelView } from './_components/model-view.tsx'
import { TrafficView } from './_components/traffic-view.tsx'

export const metadata = { title: 'Visualize' }
const VIEWS = [
  ['data', 'Data'],
  ['model', 'Model'],
  ['traffic', 'Traffic'],
] as const

export default async function Visualize(props: PageProps) {
  const query = await queryOf(props)
  const user = await currentUser()
  const { classifiers, selected, missing } = await selectClassifier(query.classifier)
  const head = (
    <PageHead title="Visualize" lead="Explore the dataset, the model’s mistakes and its predictions.">
      {selected && classifiers.length > 1 && (
        <ClassifierChoice classifiers={classifiers} selected={selected.id} />
      )}
    </PageHead>
  )
  if (selected === null)
    return (
      <>
        {head}
        <NoClassifier missing={missing} mayUpload={user.may('upload')} />
      </>
    )
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
