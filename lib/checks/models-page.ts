/**
 * Prints the tables of docs/models.md and README.md from the cards of the bundled versions and checks that
 * they are current. The text around the tables is written by hand. Usage: `node lib/checks/models-page.ts
 * --write`
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { card as cardSchema, shippedClassifier, type Card } from '#lib/contracts/bundle.ts'
import type { ProjectRule } from './rule.ts'
import { ROOT } from './sources.ts'

type Tables = Readonly<Record<string, (cards: readonly Card[]) => string>>
const BEGIN = (name: string) => `<!-- ${name}: printed by \`node lib/checks/models-page.ts --write\` -->`
const END = (name: string) => `<!-- end of ${name} -->`

export const modelsPageIsCurrent: ProjectRule = {
  name: 'the figures in docs/models.md and README.md are those of the model cards',
  counts: 'classifiers',
  minimum: 6,
  judge: () => {
    const cards = shippedCards()
    const broken = documents().filter(
      ({ document, tables }) => withFigures(document, cards, tables) !== document,
    )
    return {
      checked: cards.length,
      broken: broken.map(
        ({ name }) =>
          `${name}: the tables differ from models/*/*/card.json. Run: node lib/checks/models-page.ts --write`,
      ),
    }
  },
}

/** The document with its tables replaced by the figures of the cards. */
export function withFigures(
  document: string,
  cards: readonly Card[],
  tables: Tables = ON_MODELS_PAGE,
): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const [before, rest] = text.split(BEGIN(name))
    const after = rest?.split(END(name))[1]
    if (before === undefined || after === undefined)
      throw new Error(`The document does not have the markers of "${name}": ${BEGIN(name)} … ${END(name)}`)
    return `${before}${BEGIN(name)}\n\n${table(cards)}\n\n${END(name)}${after}`
  }, document)
}

const accuracyTable = (cards: readonly Card[]): string =>
  lines(
    [
      'classifier',
      'classes',
      'accuracy on its test images',
      'with mirror images',
      'macro F1',
      'test images',
      'parameters',
      'trained in',
      'by',
    ],
    cards.map(({ classifier, test, network, duration_seconds: seconds, engine, precision }) => [
      `\`${classifier}\``,
      test ? String(test.per_class.length) : '–',
      test
        ? `${percent(test.accuracy.value)} (${percent(test.accuracy.low)} to ${percent(test.accuracy.high)})`
        : '–',
      test?.mirrored ? percent(test.mirrored.value) : '–',
      test ? percent(test.macro_f1) : '–',
      test ? count(test.images) : '–',
      count(network.parameters),
      `${count(Math.round(seconds))} s`,
      `${engine}, ${precision}`,
    ]),
  )

/** An overview of the bundled classifiers: number of classes and accuracy. */
const shippedTable = (cards: readonly Card[]): string =>
  lines(
    ['classifier', 'content', 'accuracy on its test images (95 % CI)'],
    cards.map(({ classifier, title, test }) => [
      `\`${classifier}\``,
      title,
      test
        ? `${percent(test.accuracy.value)} (${percent(test.accuracy.low)} to ` +
          `${percent(test.accuracy.high)}) of ${count(test.images)}`
        : '–',
    ]),
  )

const reliabilityTable = (cards: readonly Card[]): string =>
  lines(
    [
      'classifier',
      'calibration error',
      'confident',
      'incorrect among these',
      'prediction sets contain the class',
      'classes per set',
      'uncertain only',
      'familiar',
    ],
    cards.map(({ classifier, calibration, decision, candidates, familiarity }) => [
      `\`${classifier}\``,
      calibration ? `${calibration.ece_before.toFixed(3)} → ${calibration.ece_after.toFixed(3)}` : '–',
      share(decision?.share_answered),
      share(decision?.error_among_answered),
      share(candidates?.test?.coverage.value),
      candidates?.test ? candidates.test.mean_size.toFixed(2) : '–',
      candidates?.unsure
        ? `${percent(candidates.unsure.coverage.value)}, ${candidates.unsure.mean_size.toFixed(2)}`
        : '–',
      share(familiarity?.kept?.value),
    ]),
  )

function foreignTable(cards: readonly Card[]): string {
  const names = [
    ...new Set(cards.flatMap(({ familiarity }) => familiarity?.foreign?.map(({ name }) => name) ?? [])),
  ]
  return lines(
    ['classifier', ...names.flatMap((name) => [`${name}: AUROC`, 'detected']), 'neighbour'],
    cards.map(({ classifier, familiarity }) => [
      `\`${classifier}\``,
      ...names.flatMap((name) => {
        const foreign = familiarity?.foreign?.find((one) => one.name === name)
        return [foreign ? foreign.auroc.toFixed(3) : '–', share(foreign?.found)]
      }),
      familiarity ? `${familiarity.neighbour}${familiarity.is_centred ? ', mean subtracted' : ''}` : '–',
    ]),
  )
}

function robustnessTable(cards: readonly Card[]): string {
  const kinds = [
    ...new Set(cards.flatMap(({ robustness }) => robustness?.disturbances.map(({ kind }) => kind) ?? [])),
  ]
  return lines(
    ['classifier', 'unmodified', ...kinds],
    cards.map(({ classifier, robustness }) => [
      `\`${classifier}\``,
      share(robustness?.accuracy.value),
      ...kinds.map(
        (kind) =>
          robustness?.disturbances
            .find((one) => one.kind === kind)
            ?.levels.map(({ accuracy }) => (accuracy.value * 100).toFixed(1))
            .join(' / ') ?? '–',
      ),
    ]),
  )
}

const lines = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map((_, i) => (i === 0 ? '---' : '---:')), ...rows]
    .map((cells) => `| ${cells.join(' | ')} |`)
    .join('\n')

/** Cards of the live versions. A folder without classifier.json is not a classifier. */
function shippedCards(): readonly Card[] {
  const folder = path.join(ROOT, 'models')
  const read = (...file: string[]): unknown => JSON.parse(readFileSync(path.join(folder, ...file), 'utf8'))
  return readdirSync(folder)
    .toSorted()
    .filter((name) => existsSync(path.join(folder, name, 'classifier.json')))
    .map((name) =>
      cardSchema.parse(
        read(name, shippedClassifier.parse(read(name, 'classifier.json')).champion, 'card.json'),
      ),
    )
}

const ON_MODELS_PAGE: Tables = {
  accuracy: accuracyTable,
  reliability: reliabilityTable,
  foreign: foreignTable,
  robustness: robustnessTable,
}
export const IN_README: Tables = { shipped: shippedTable }

const documents = () =>
  [
    { name: 'docs/models.md', tables: ON_MODELS_PAGE },
    { name: 'README.md', tables: IN_README },
  ].map(({ name, tables }) => ({
    name,
    tables,
    file: path.join(ROOT, name),
    document: readFileSync(path.join(ROOT, name), 'utf8'),
  }))

const percent = (value: number): string => `${(value * 100).toFixed(2)} %`
const share = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : percent(value)
const count = (amount: number): string => amount.toLocaleString('en')

if (import.meta.main) {
  const cards = shippedCards()
  for (const { file, document, tables } of documents()) {
    const current = withFigures(document, cards, tables)
    if (process.argv.includes('--write')) writeFileSync(file, current)
    else process.stdout.write(current)
  }
}
