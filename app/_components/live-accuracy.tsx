/** The accuracy of a live version in one number, and what it was measured on. */
import type { ClassifierAnswer } from '#lib/contracts/classifiers.ts'
import { counted } from '#lib/domain/text/count-text.ts'
import { FigureNumber } from '#lib/ui/figure-number.tsx'

export function LiveAccuracy({
  champion: { accuracy, test_images: images },
}: {
  readonly champion: NonNullable<ClassifierAnswer['champion']>
}) {
  if (!accuracy) return <p className="muted">Not evaluated: there were no test images.</p>
  return (
    <div>
      <FigureNumber size="large" share={accuracy} />
      <p className="small muted">
        {images > 0
          ? `accuracy on ${counted(images, 'test image')}`
          : 'accuracy by validation; there is no test set'}
      </p>
    </div>
  )
}
