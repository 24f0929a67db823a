/** The figures of a version that was evaluated by cross-validation, as facts. They are never called test figures. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'
import { Fact } from '#lib/ui/facts.tsx'
import { FigureNumber } from '#lib/ui/figure-number.tsx'

type FoldFigures = NonNullable<Output<Routes['GET /api/models/{id}']>['card']['folds']>

export function FoldFacts({ folds }: { readonly folds: FoldFigures }) {
  return (
    <>
      <Fact name="Accuracy by cross-validation">
        <FigureNumber share={folds.accuracy} />
      </Fact>
      {folds.balanced_accuracy && (
        <Fact name="Balanced accuracy">
          <FigureNumber share={folds.balanced_accuracy} />
        </Fact>
      )}
      <Fact name="Different images">
        <FigureNumber count={folds.images} />
      </Fact>
      {folds.near_copies > 0 && (
        <Fact name="Near-copies">
          <FigureNumber count={folds.near_copies} />
        </Fact>
      )}
    </>
  )
}
