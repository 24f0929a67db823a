/**
 * Mutations of lib/domain that no test there can detect, each with the reason: a list for mutants.ts. When such
 * a line changes, its entry must change too: mutants.ts reports entries that explain nothing.
 */

export type UnnoticeableChange = {
  readonly file: string
  /** The change as `npm run check:mutants` prints it. */
  readonly from: string
  readonly to: string
  readonly why: string
}

export const EXPLAINED: readonly UnnoticeableChange[] = [
  ...inFile('lib/domain/evaluation/statistics.ts', [
    'Sixty halvings of an interval of at most 2 end within 2⁻⁵⁹, which is less than doubles of that size tell apart.',
    ['i = 0', 'i = 1'],
    ['i < 60', 'i <= 60'],
    ['i < 60', 'i < 61'],
    ['f(middle) > height', 'f(middle) >= height'],
  ]),
  ...inFile('lib/domain/evaluation/statistics.ts', [
    'Beyond a difference of 1 the variance is not positive and the score infinite: the search goes back to 1.',
    ['crossing(score, -Z95, value, 1)', 'crossing(score, -Z95, value, 2)'],
  ]),
  ...inFile('lib/domain/evaluation/statistics.ts', [
    'Beyond a share of 1 the binomial is 0, which is below 5 %: the search goes back to 1.',
    [
      'crossing((p) => binomialCdf(errors, images, p), 0.05, errors / images, 1)',
      'crossing((p) => binomialCdf(errors, images, p), 0.05, errors / images, 2)',
    ],
  ]),
  ...inFile('lib/domain/evaluation/calibration.ts', [
    'Forty steps narrow six units of the logarithm to 3 × 10⁻⁸; one step more or less is no other temperature.',
    ['i = 0', 'i = 1'],
    ['i < 40', 'i <= 40'],
    ['i < 40', 'i < 41'],
  ]),
  ...inFile('lib/domain/evaluation/calibration.ts', [
    'Where both costs are equal, the one minimum lies between them, and either part holds it.',
    ['cost(left) < cost(right)', 'cost(left) <= cost(right)'],
  ]),
  ...inFile('lib/domain/evaluation/calibration.ts', [
    'The factors are powers of 1.05: 194.3, then 204.0; none is 200 or between 200 and 201.',
    ['MOST_TIMES = 200', 'MOST_TIMES = 201'],
    ['times <= MOST_TIMES', 'times < MOST_TIMES'],
  ]),
  ...inFile('lib/domain/evaluation/calibration.ts', [
    'The bound lies above the share of errors: where that reaches the target, no factor helps, and looking is in vain.',
    ['errors / images >= targetError', 'errors / images > targetError'],
  ]),
  ...inFile('lib/domain/evaluation/calibration.ts', [
    'As many images as the fewest that are known to do are no fewer.',
    ['times * surest.length < fewest', 'times * surest.length <= fewest'],
  ]),
  ...inFile('lib/domain/evaluation/calibration.ts', [
    'Writing beyond the end of a typed array does nothing, and the largest of equal logits is the same number.',
    ['i < count', 'i <= count'],
    ['values[at + k]! > largest', 'values[at + k]! >= largest'],
  ]),
  ...inFile('lib/domain/grouping/align-grids.ts', [
    'What can be aligned is aligned within six steps: one step more or less leads to the same place.',
    ['ITERATIONS = 7', 'ITERATIONS = 8'],
    ['iteration < ITERATIONS', 'iteration <= ITERATIONS'],
  ]),
  ...inFile('lib/domain/grouping/align-grids.ts', [
    'Steps are quotients of sums of doubles: none is exactly the largest allowed.',
    [
      'Math.max(Math.abs(shiftX), Math.abs(shiftY)) <= MOST_SHIFT',
      'Math.max(Math.abs(shiftX), Math.abs(shiftY)) < MOST_SHIFT',
    ],
    [
      'Math.max(Math.abs(stretchX), Math.abs(stretchY)) <= MOST_STRETCH',
      'Math.max(Math.abs(stretchX), Math.abs(stretchY)) < MOST_STRETCH',
    ],
  ]),
  ...inFile('lib/domain/grouping/align-grids.ts', [
    'Beyond the upper triangle and its right-hand side, moments and their solution are written and never read.',
    ['COLUMNS = 7', 'COLUMNS = 8'],
    ['i < COLUMNS', 'i <= COLUMNS'],
    ['j < COLUMNS', 'j <= COLUMNS'],
    ['i < OTHER', 'i <= OTHER'],
    ['row < OTHER', 'row <= OTHER'],
    ['k < COLUMNS', 'k <= COLUMNS'],
    ['OTHER - 1', 'OTHER + 1'],
  ]),
  ...inFile('lib/domain/grouping/align-grids.ts', [
    'The derivative only shows the way: with one at another point of the same cell, the steps lead to the same place.',
    ['q - p + v * (s - r - q + p)', 'q - p - v * (s - r - q + p)'],
  ]),
  ...inFile('lib/domain/grouping/align-grids.ts', [
    'The unit of the offset and the point that a stretch starts from divide out: the warp they describe is the same.',
    [
      '[dx, dx * offX, dy, dy * offY, upper + v * dy, 1, other[y * side + x]!]',
      '[dx, dx * offX, dy, dy * offY, upper + v * dy, 2, other[y * side + x]!]',
    ],
    ['side - 1', 'side - 2'],
  ]),
  ...inFile('lib/domain/grouping/align-grids.ts', [
    'Correlations are quotients of sums of doubles: none is exactly 0.8 or 0.94.',
    ['Math.max(...correlations) < least', 'Math.max(...correlations) <= least'],
  ]),
  ...inFile('lib/domain/grouping/image-links.ts', [
    'Correlations are quotients of sums of doubles: none is exactly 0.5.',
    [
      'likeness(images[a]!.fingerprint, images[b]!.fingerprint) >= BURST_LIKENESS',
      'likeness(images[a]!.fingerprint, images[b]!.fingerprint) > BURST_LIKENESS',
    ],
  ]),
  ...inFile('lib/domain/grouping/near-copies.ts', [
    'Correlations are quotients of sums of doubles: none is exactly 0.82 or 0.985.',
    ['correlation(a.coarse, b.coarse) < COARSE_LEAST', 'correlation(a.coarse, b.coarse) <= COARSE_LEAST'],
    [
      'alignedCorrelation(one, other, SIDE) >= COPY_LEAST',
      'alignedCorrelation(one, other, SIDE) > COPY_LEAST',
    ],
  ]),
  ...inFile('lib/domain/evaluation/folds.ts', [
    'Folds are compared with each other: what doubles or raises the shares or sizes of all of them changes no order.',
    ['totals[labels[i]!]! += 1', 'totals[labels[i]!]! += 2'],
    ['taken[fold]!.own[labels[i]!]! += 1', 'taken[fold]!.own[labels[i]!]! += 2'],
    ['taken[fold]!.size += 1', 'taken[fold]!.size += 2'],
    [
      'all.reduce((sum, i) => sum + one.own[labels[i]!]! / totals[labels[i]!]!, 0)',
      'all.reduce((sum, i) => sum + one.own[labels[i]!]! / totals[labels[i]!]!, 1)',
    ],
    ['size: 0', 'size: 1'],
  ]),
  ...inFile('lib/domain/grouping/group-splits.ts', [
    'A hash that is as small as another one is the same hash.',
    ['hash < known', 'hash <= known'],
  ]),
  ...inFile('lib/domain/passwords.ts', [
    'lib/contracts/validation-messages.test.ts detects it: each route refuses nine characters and accepts ten.',
    ['MIN_PASSWORD_LENGTH = 10', 'MIN_PASSWORD_LENGTH = 11'],
  ]),
  ...inFile('lib/domain/evaluation/gate.ts', [
    'lib/contracts/models.test.ts detects it: a reason of two characters is refused, one of three is accepted.',
    ['MIN_REASON_LENGTH = 3', 'MIN_REASON_LENGTH = 4'],
  ]),
  ...inFile('lib/domain/grouping/splits.ts', [
    'A place is a multiple of 2⁻⁴⁸; neither 0.1 nor 0.2 nor 0.35 as a double is one, so no place equals its mark.',
    ['place < VALIDATION_OF_TRAIN', 'place <= VALIDATION_OF_TRAIN'],
    ['place < TEST_SHARE', 'place <= TEST_SHARE'],
    ['place < TEST_SHARE + VALIDATION_SHARE', 'place <= TEST_SHARE + VALIDATION_SHARE'],
  ]),
  ...inFile('lib/domain/text/visible-text.ts', [
    'The patterns end with the text and need at most three code units: a fifth changes nothing.',
    ['-4', '-5'],
  ]),
  ...inFile('lib/domain/drawn-shapes.ts', [
    'A row below the last lies outside of the data, where writing does nothing, and all chance is drawn before.',
    ['y < SHAPE_SIDE', 'y <= SHAPE_SIDE'],
  ]),
  ...inFile('lib/domain/drawn-shapes.ts', [
    'Centre, turn and stretch are doubles drawn by chance: no point of a pixel lies exactly on an edge or a line.',
    ['Math.abs(x * one.a + y * one.b - one.c) < 0.6', 'Math.abs(x * one.a + y * one.b - one.c) <= 0.6'],
    ['u * u + v * v < 1', 'u * u + v * v <= 1'],
    ['Math.max(Math.abs(u), Math.abs(v)) < 0.86', 'Math.max(Math.abs(u), Math.abs(v)) <= 0.86'],
    ['v > -0.6', 'v >= -0.6'],
    ['v < 1 - Math.abs(u) * 1.7', 'v <= 1 - Math.abs(u) * 1.7'],
    ['Math.max(Math.abs(u), Math.abs(v)) < 1', 'Math.max(Math.abs(u), Math.abs(v)) <= 1'],
    [
      'Math.min(Math.abs(u), Math.abs(v)) < 0.22 + detail * 0.14',
      'Math.min(Math.abs(u), Math.abs(v)) <= 0.22 + detail * 0.14',
    ],
    ['u * u + v * v > (0.4 + detail * 0.25) ** 2', 'u * u + v * v >= (0.4 + detail * 0.25) ** 2'],
    ['(x - 1) * notchY - y * (notchX - 1) < 0', '(x - 1) * notchY - y * (notchX - 1) <= 0'],
  ]),
  ...inFile('lib/domain/drawn-shapes.ts', [
    'Grey levels are sums of doubles drawn by chance: none is exactly 128 or exactly 62 from another.',
    [
      'Math.abs(grey(ink) - grey(ground)) >= LEAST_CONTRAST',
      'Math.abs(grey(ink) - grey(ground)) > LEAST_CONTRAST',
    ],
    ['grey(ground) > 128', 'grey(ground) >= 128'],
  ]),
  ...inFile('lib/domain/drawn-shapes.ts', [
    'A share that is smaller by 2 × 10⁻¹⁰ of itself moves no colour to another byte.',
    ['((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296', '((mixed ^ (mixed >>> 14)) >>> 0) / 4294967297'],
  ]),
]

function inFile(
  file: string,
  [why, ...changes]: readonly [why: string, ...changes: readonly (readonly [from: string, to: string])[]],
): readonly UnnoticeableChange[] {
  return changes.map(([from, to]) => ({ file, from, to, why }))
}
