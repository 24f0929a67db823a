/** Ask a classifier: pictures by drop, choice or paste; digits by drawing. */
import Link from 'next/link'
import { redirect } from 'next/navigation'
import { counted } from '#lib/domain/counted.ts'
import { darkroom } from '#lib/http/context.ts'
import { looksLikeButton } from '#lib/ui/button.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { PageHead } from '#lib/ui/shell.tsx'
import { ClassifierChoice } from '../_components/classifier-choice.tsx'
import { NoClassifier } from '../_components/no-classifier.tsx'
import { Offered } from '../_components/offered.tsx'
import { chosenClassifier } from '../classifiers.ts'
import { queryOf, visitor, type PageProps } from '../visitor.ts'
import { GivenAnswer } from './_components/given-answer.tsx'
import { PredictDesk } from './_components/predict-desk.tsx'

export const metadata = { title: 'Predict' }

export default async function Predict(props: PageProps) {
  const query = await queryOf(props)
  const who = await visitor()
  if (!who.isKnown && !darkroom().settings().publicPredict) redirect('/login?next=/predict')
  const { classifiers, chosen, missing } = await chosenClassifier(who, query.classifier)
  return (
    <>
      <PageHead
        title="Predict"
        lead={
          chosen ? `Show ${chosen.title} a picture: it answers at once, and says how sure it is.` : undefined
        }
      >
        {chosen && classifiers.length > 1 && (
          <ClassifierChoice classifiers={classifiers} chosen={chosen.id} />
        )}
      </PageHead>
      {query.result !== undefined && <GivenAnswer id={query.result} who={who} />}
      {chosen === null && <NoClassifier missing={missing} mayUpload={who.may('upload')} />}
      {chosen?.champion === null && (
        <EmptyState
          icon="train"
          title={`${chosen.title} is not trained yet`}
          action={
            who.may('train') ? (
              <Link href={`/retrain?classifier=${chosen.id}`} {...looksLikeButton({ variant: 'primary' })}>
                Train it
              </Link>
            ) : undefined
          }
        >
          It has {counted(chosen.samples.total, 'picture')} and no version that could answer.
        </EmptyState>
      )}
      {chosen?.champion && who.isKnown && <Offered to={who} scope="feedback" action="correct predictions" />}
      {chosen?.champion && (
        <PredictDesk
          key={chosen.id}
          classifier={{ id: chosen.id, classes: chosen.classes, hasDigits: chosen.has_digits }}
          mayGiveFeedback={who.isKnown && who.may('feedback')}
          largestBytes={darkroom().settings().maxImageBytes}
        />
      )}
    </>
  )
}
