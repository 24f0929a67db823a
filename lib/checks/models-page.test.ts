import { expect, test } from 'vitest'
import type { Card } from '#lib/contracts/bundle.ts'
import { cardOf } from '#lib/training/rows.fakes.ts'
import { IN_README, withFigures } from './models-page.ts'

const marks = ['accuracy', 'reliability', 'foreign', 'robustness']
  .map(
    (name) =>
      `<!-- ${name}: printed by \`node lib/checks/models-page.ts --write\` -->\nOF LAST YEAR\n<!-- end of ${name} -->`,
  )
  .join('\nWords.\n')

const card: Card = {
  ...cardOf('v1', {}, 1_000),
  calibration: { temperature: 1, ece_before: 0.05, ece_after: 0.011, images: 500 },
  decision: { target_error: 0.02, threshold: 0.9, share_answered: 0.8, error_among_answered: 0.0125 },
  candidates: {
    level: 0.95,
    mass: 0.9,
    images: 500,
    test: { images: 1_000, coverage: { value: 0.951, low: 0.94, high: 0.96 }, mean_size: 1.24 },
    unsure: null,
  },
  familiarity: {
    references: 100,
    neighbour: 5,
    is_centred: true,
    threshold: 0.4,
    images: 500,
    kept: { value: 0.949, low: 0.93, high: 0.96 },
    foreign: [{ name: 'far', images: 10, auroc: 0.9123, found: 0.5 }],
  },
  robustness: {
    images: 1_000,
    accuracy: { value: 0.9, low: 0.88, high: 0.92 },
    disturbances: [
      {
        kind: 'blur',
        levels: [0.8, 0.7, 0.6].map((value, i) => ({
          amount: i,
          accuracy: { value, low: value, high: value },
        })),
      },
    ],
  },
}

test('each table shows the figures of the cards, and the text between the tables stays', () => {
  const document = withFigures(marks, [card])

  expect(document.split('Words.')).toHaveLength(4)
  expect(document).not.toContain('OF LAST YEAR')
  expect(document).toContain('| `fruit` | 0 | 90.00 % (80.00 % to 100.00 %)')
  expect(document).toContain('| `fruit` | 0.050 → 0.011 | 80.00 % | 1.25 % | 95.10 % | 1.24 | – | 94.90 % |')
  expect(document).toContain('| `fruit` | 0.912 | 50.00 % | 5, mean subtracted |')
  expect(document).toContain('| `fruit` | 90.00 % | 80.0 / 70.0 / 60.0 |')
  expect(withFigures(document, [card])).toBe(document)
})

test('a card of a version that was sealed earlier, or on few images, has dashes', () => {
  expect(withFigures(marks, [cardOf('v1')])).toContain('| `fruit` | – | – | – | – | – | – | – |')
})

test('the README has one line for each classifier, and an old figure in it is replaced', () => {
  const readme = withFigures(
    '# Darkroom\n<!-- shipped: printed by `node lib/checks/models-page.ts --write` -->\nfruit 12 ' +
      '%\n<!-- end of shipped -->\n',
    [card],
    IN_README,
  )

  expect(readme).toContain(`| \`fruit\` | ${card.title} | 90.00 % (80.00 % to 100.00 %) of 1,000 |`)
  expect(readme).not.toContain('fruit 12 %')
})

test('a document without its markers is named', () => {
  expect(() => withFigures('# The models', [card])).toThrow('does not have the markers of "accuracy"')
})
