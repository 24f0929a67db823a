/** The head of a page about one classifier: its title, the choice of the classifier, and what to do where there is
 *  none. */
import { PageHead } from '#lib/ui/shell.tsx'
import type { SelectedClassifier } from '../../../select-classifier.ts'
import { ClassifierChoice } from '../../../_components/classifier-choice.tsx'
import { NoClassifier } from '../../../_components/no-classifier.tsx'

export function ClassifierPageHead({
  title,
  lead,
  selection: { classifiers, selected, missing },
  mayUpload,
}: {
  readonly title: string
  readonly lead: string
  readonly selection: SelectedClassifier
  readonly mayUpload: boolean
}) {
  return (
    <>
      <PageHead title={title} lead={lead}>
        {selected && classifiers.length > 1 && (
          <ClassifierChoice classifiers={classifiers} selected={selected.id} />
        )}
      </PageHead>
      {selected === null && <NoClassifier missing={missing} mayUpload={mayUpload} />}
    </>
  )
}
