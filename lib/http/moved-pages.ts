/**
 * Addresses of pages before each classifier had its own: they redirect to the page of the classifier in
 * `classifier`, permanently, or of the default one, which may be another tomorrow. Of the other parameters those
 * stay that the page reads. POST to some of these addresses is the API of the earlier projects (legacy.ts).
 */
import { classifierPage } from '#lib/domain/classifier-pages.ts'
import { isDarkroomError } from '#lib/domain/errors.ts'
import { darkroom } from './context.ts'
import { respondWith, type Handle } from './handler.ts'
import type { OutgoingResponse } from './outgoing.ts'

/** The section that shows it now, and the parameters that it reads. */
type Destination = { readonly section: string; readonly keeps?: readonly string[] }
type Move = (query: URLSearchParams) => Destination & { readonly renamed?: Readonly<Record<string, string>> }

const HISTORY_FILTERS = ['class', 'version', 'decision', 'feedback', 'min', 'max', 'since', 'until', 'cursor']
const VIEWS: Readonly<Record<string, Destination>> = {
  data: { section: 'images/insights', keeps: ['class'] },
  model: { section: 'versions' },
  traffic: { section: 'traffic' },
}

const visualize: Move = (query) => VIEWS[query.get('view') ?? 'data'] ?? VIEWS['data']!
const upload: Move = () => ({ section: 'images/add' })
const models: Move = (query) => {
  const [version, candidate] = [query.get('version'), query.get('challenger')]
  if (candidate !== null)
    return { section: 'versions/compare', renamed: { a: candidate, b: query.get('with') ?? '' } }
  return { section: version ? `versions/${encodeURIComponent(version)}` : 'versions' }
}
const retrain: Move = (query) => {
  const run = query.get('run')
  return { section: run ? `train/${encodeURIComponent(run)}` : 'train' }
}

const MOVED: Readonly<Record<string, Move>> = {
  '/predict': () => ({ section: 'predict', keeps: ['result'] }),
  '/predict/jobs': () => ({ section: 'predict/jobs', keeps: ['job'] }),
  '/upload': upload,
  '/upload_data': upload,
  '/visualize': visualize,
  '/visualizations': visualize,
  '/retrain': retrain,
  '/models': models,
  '/history': () => ({ section: 'history', keeps: HISTORY_FILTERS }),
}

/** "METHOD /path" → handler. */
export const MOVED_PAGES: Readonly<Record<string, Handle>> = Object.fromEntries(
  Object.entries(MOVED).flatMap(([path, move]) => {
    const handle = respondWith(({ query }) => moved(query, move))
    return [
      [`GET ${path}`, handle],
      [`HEAD ${path}`, handle],
    ]
  }),
)

async function moved(query: URLSearchParams, move: Move): Promise<OutgoingResponse> {
  const named = query.get('classifier')
  const classifier = named || (await defaultClassifier())
  if (classifier === null) return redirectTo(307, '/')
  const { section, keeps = [], renamed } = move(query)
  const remaining = Object.fromEntries(keeps.map((name) => [name, query.get(name) ?? undefined]))
  return redirectTo(named ? 308 : 307, classifierPage(classifier, section, renamed ?? remaining))
}

/** The one that the API chooses, too; while it cannot choose, the first. Null where there is none. */
async function defaultClassifier(): Promise<string | null> {
  const { queries } = darkroom()
  try {
    return (await queries.listClasses({})).classifier
  } catch (error) {
    if (!isDarkroomError(error)) throw error
    return (await queries.classifierTitles())[0]?.id ?? null
  }
}

/** 303: after a form. */
export const redirectTo = (status: 303 | 307 | 308, location: string): OutgoingResponse => ({
  status,
  headers: { location, 'cache-control': 'no-store' },
  body: null,
})
