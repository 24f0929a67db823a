/** The live version, for those who may not see the others. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { darkroom } from '#lib/http/context.ts'
import { Card } from '#lib/ui/card.tsx'
import { EmptyState } from '#lib/ui/empty-state.tsx'
import { ErrorNotice } from '#lib/ui/error-notice.tsx'
import { Fact, Facts } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'
import { FoldFacts } from '../../../../_components/fold-facts.tsx'
import { resultOf, type CurrentUser } from '../../../../current-user.ts'
import { VersionFigures } from './version-figures.tsx'

export async function LiveVersionReport({
  user,
  classifier,
}: {
  readonly user: CurrentUser
  readonly classifier: ClassifierAnswer
}) {
  if (!classifier.champion)
    return (
      <EmptyState icon="train" title="No version yet">
        The first training run creates one. Its evaluation then appears here.
      </EmptyState>
    )
  const info = await resultOf(user.context, () =>
    darkroom().training.modelInfo({ classifier: classifier.id }, user.context),
  )
  if (!info.ok) return <ErrorNotice title="The model cannot be shown" failure={info.failure} />
  const { card, classes, version, architecture, input } = info.value
  const figures = card.test ?? card.folds
  return (
    <>
      <Card title={`${classifier.title} ${version}`}>
        <Facts>
          {card.folds && <FoldFacts folds={card.folds} />}
          {(card.test || !card.folds) && (
            <Fact name={card.folds ? 'Accuracy on the test set' : 'Accuracy'}>
              <FigureNumber size="large" share={card.test?.accuracy ?? null} />
            </Fact>
          )}
          <Fact name="Test set">
            <FigureNumber count={card.test?.images ?? 0} />
          </Fact>
          <Fact name="Mean F1">{figures ? <FigureNumber share={figures.macro_f1} /> : '–'}</Fact>
          <Fact name="Parameters">
            <FigureNumber count={info.value.parameters} />
          </Fact>
          <Fact name="Input size">
            {input.size} × {input.size} pixels
          </Fact>
          <Fact name="Engine">{info.value.engine ?? 'none loaded'}</Fact>
        </Facts>
      </Card>
      <VersionFigures card={card} classes={classes} layers={architecture} />
    </>
  )
}
