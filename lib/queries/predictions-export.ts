/** The history as a file: read in pieces while it is sent, so that its length takes no memory. */
import type { StoredPredictionAnswer } from '#lib/contracts/predictions.ts'
import { exportFile } from '#lib/domain/export-file.ts'
import type { RouteAnswer } from '#lib/contracts/index.ts'
import type { Data } from '#lib/data/data.ts'
import type { Store } from '#lib/data/store.ts'
import type { PredictionFilters } from '#lib/data/predictions/prediction-filter.ts'
import { listedWhere, predictionAnswer } from './predictions.ts'

const ROWS_AT_ONCE = 200

const COLUMNS: readonly (readonly [
  name: string,
  cell: (one: StoredPredictionAnswer) => string | number | null,
])[] = [
  ['id', (one) => one.id],
  ['timestamp', (one) => one.timestamp],
  ['classifier', (one) => one.classifier],
  ['model_version', (one) => one.model_version],
  ['engine', (one) => one.engine],
  ['predicted_class', (one) => one.predicted_class],
  ['confidence', (one) => one.confidence],
  ['decision', (one) => one.decision],
  ['filename', (one) => one.filename],
  ['width', (one) => one.width],
  ['height', (one) => one.height],
  ['total_ms', (one) => one.total_ms],
  ['feedback_correct', (one) => (one.feedback === null ? null : String(one.feedback.correct))],
  ['feedback_label', (one) => one.feedback?.label ?? null],
  ['probabilities', (one) => JSON.stringify(one.probabilities)],
]

export const predictionExportQueries = (
  store: Store,
  { classifiers }: Pick<Data, 'classifiers'>,
): { readonly exportPredictions: RouteAnswer<'GET /api/predictions/export'> } => ({
  async exportPredictions({ format, ...filters }) {
    if (filters.classifier !== undefined) await classifiers.get(filters.classifier)
    const day = store.now().toISOString().slice(0, 10)
    const name = `predictions-${filters.classifier ? `${filters.classifier}-` : ''}${day}`
    return exportFile(name, format, {
      pages: rowsOf(store, filters),
      columns: COLUMNS.map(([column]) => column),
      cellsOf: (one) => COLUMNS.map(([, cell]) => cell(one)),
      objectOf: (one) => one,
    })
  },
})

async function* rowsOf(
  store: Store,
  request: PredictionFilters,
): AsyncGenerator<readonly StoredPredictionAnswer[]> {
  const where = listedWhere(request)
  let before: string | undefined
  for (;;) {
    const rows = await store.prisma.prediction.findMany({
      where: { ...where, id: { lt: before } },
      include: { feedback: true },
      orderBy: { id: 'desc' },
      take: ROWS_AT_ONCE,
    })
    if (rows.length > 0) yield rows.map(predictionAnswer)
    if (rows.length < ROWS_AT_ONCE) return
    before = rows.at(-1)?.id
  }
}
