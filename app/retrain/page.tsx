/** Train a new version with one click, watch it learn, read the verdict; and every training before. */
import Link from 'next/link'
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import type { RunAnswer } from '#lib/contracts/retrain.ts'
import { FEWEST_IMAGES } from '#lib/domain/gate.ts'
import { TEST_SHARE } from '#lib/domain/splits.ts'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { Card } from '#lib/ui/card.tsx'
import { durationText } from '#lib/ui/duration.ts'
import { ErrorNotice, Notice } from '#lib/ui/error-notice.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ClassifierChoice } from '../_components/classifier-choice.tsx'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { Offered } from '../_components/offered.tsx'
import { chosenClassifier } from '../classifiers.ts'
import { answered, knownVisitor, queryOf, type PageProps } from '../visitor.ts'
import { PastRuns } from './_components/past-runs.tsx'
import { RunView } from './_components/run-view.tsx'
import { StartForm } from './_components/start-form.tsx'

export const metadata = { title: 'Retrain' }
const PAST_RUNS = 25
const isActive = ({ state }: RunAnswer) => state === 'queued' || state === 'running' || state === 'judging'

export default async function Retrain(props: PageProps) {
  const query = await queryOf(props)
  const who = await knownVisitor('/retrain')
  const { classifiers, chosen, missing } = await chosenClassifier(who, query.classifier)
  const head = (
    <PageHead
      title="Retrain"
      lead={
        'One click makes a new version from all pictures. It answers only if it is not worse than the ' +
        'one that answers now.'
      }
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
  const { data } = darkroom()
  const { runs } = await data.listRuns({ classifier: chosen.id, limit: PAST_RUNS }, who.asked)
  const status = await data.retrainStatus({}, who.asked)
  const active = runs.find(isActive)
  const wanted = query.run ?? active?.id
  const shown = wanted ? await answered(who.asked, () => data.getRun({ id: wanted }, who.asked)) : null
  return (
    <div className="stack">
      {head}
      {!active && status.is_running && status.classifier !== chosen.id && (
        <Notice title="Another classifier is being trained">
          One training runs at a time. {status.classifier} is {Math.floor(status.progress)} % done.{' '}
          <Link className="link" href={`/retrain?classifier=${status.classifier}`}>
            Watch it
          </Link>
        </Notice>
      )}
      {!active && (
        <Card title={chosen.champion ? `Retrain ${chosen.title}` : `Train ${chosen.title}`} variant="accent">
          <p>{plan(chosen, runs)}</p>
          <Offered to={who} scope="train" action="start a training run">
            <StartForm
              classifier={chosen.id}
              hasChampion={chosen.champion !== null}
              hasNews={chosen.samples.unseen > 0 || chosen.corrections_waiting > 0}
              isHeldUp={status.is_running}
            />
          </Offered>
          {chosen.samples.unseen === 0 && who.may('upload') && (
            <Link
              href={`/upload?classifier=${chosen.id}`}
              {...looksLikeButton({ size: 'small', variant: 'quiet' })}
            >
              Upload images first
            </Link>
          )}
        </Card>
      )}
      {shown?.ok === true && <RunView key={shown.value.id} run={shown.value} mayTrain={who.may('train')} />}
      {shown?.ok === false && <ErrorNotice title="This training cannot be shown" failure={shown.failure} />}
      <PastRuns runs={runs} classifier={chosen.id} shown={shown?.ok ? shown.value.id : null} />
    </div>
  )
}

/** One sentence that says what a click will do, and one about how long. */
function plan({ champion, samples, title }: ClassifierAnswer, runs: readonly RunAnswer[]): string {
  const pictures = (count: number) => counted(count, 'picture')
  const before = runs.find((run) => run.state === 'done' && run.started_at && run.ended_at)
  const took =
    before?.started_at && before.ended_at
      ? ` The last training took ${durationText((Date.parse(before.ended_at) - Date.parse(before.started_at)) / 1000)}.`
      : ''
  if (!champion)
    return (
      `A first version of ${title} will learn from its ${pictures(samples.total)}, be measured on the ` +
      `part that it does not see, and then answer.${took}`
    )
  const fresh =
    samples.unseen === 0 ? 'none of them new' : `${samples.unseen.toLocaleString('en-GB')} of them new`
  return (
    `A copy of ${champion.version} will go on learning from the ${pictures(samples.total)} of ${title}, ` +
    `${fresh}; then both are compared on pictures that neither learnt from, and the new one answers if ` +
    `it is not worse.${tooFew(samples.test)}${took}`
  )
}

/** Said before the click: with so few held-back pictures the comparison cannot decide, and a person will have
 *  to. */
function tooFew(testPictures: number): string {
  if (testPictures >= FEWEST_IMAGES) return ''
  return (
    ` Only ${testPictures} held-back ${testPictures === 1 ? 'picture is' : 'pictures are'} there to ` +
    `compare on and it takes ${FEWEST_IMAGES}, so you will have to decide yourself, on Models; about ` +
    `${Math.ceil((FEWEST_IMAGES - testPictures) / TEST_SHARE)} more pictures would change that, since ` +
    'every fifth is held back.'
  )
}
