/** Look into a classifier: its pictures, its model, its traffic. */
import Link from 'next/link'
import { PageHead } from '#lib/ui/shell.tsx'
import { SegmentedLinks } from '#lib/ui/segmented.tsx'
import { ClassifierChoice } from '../_components/classifier-choice.tsx'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { chosenClassifier } from '../classifiers.ts'
import { queryOf, visitor, type PageProps } from '../visitor.ts'
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
  const who = await visitor()
  const { classifiers, chosen, missing } = await chosenClassifier(who, query.classifier)
  const head = (
    <PageHead
      title="Visualize"
      lead="What the pictures are like, what the model makes of them, and what it is asked."
    >
      {chosen && classifiers.length > 1 && <ClassifierChoice classifiers={classifiers} chosen={chosen.id} />}
    </PageHead>
  )
  if (chosen === null)
    return (
      <>
        {head}
        <NoClassifier missing={missing} mayUpload={who.may('upload')} />
      </>
    )
  const [view] = VIEWS.find(([name]) => name === query.view) ?? VIEWS[who.isKnown ? 0 : 1]
  return (
    <div className="stack">
      {head}
      <div>
        <SegmentedLinks label="Views">
          {VIEWS.map(([name, words]) => (
            <Link
              key={name}
              href={`/visualize?classifier=${chosen.id}&view=${name}`}
              aria-current={name === view ? 'page' : undefined}
            >
              {words}
            </Link>
          ))}
        </SegmentedLinks>
      </div>
      {view === 'data' && <DataView who={who} classifier={chosen} query={query} />}
      {view === 'model' && <ModelView who={who} classifier={chosen} />}
      {view === 'traffic' && <TrafficView who={who} classifier={chosen} />}
    </div>
  )
}
