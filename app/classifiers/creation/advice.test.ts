import { expect, test } from 'vitest'
import { adviceFor } from './advice.ts'

const classes = (images: Readonly<Record<string, number>>) =>
  Object.entries(images).map(([name, count]) => ({ class: name, images: count }))

test.each<[string, Readonly<Record<string, number>>, readonly RegExp[]]>([
  ['enough images of each class need no advice', { healthy: 20, rust: 200 }, []],
  ['one class is not enough', { healthy: 20, rust: 0 }, [/All images are of “healthy”/]],
  ['few images of a class', { healthy: 19, rust: 20 }, [/smallest class, “healthy”, has 19 images/]],
  [
    'classes of very different size',
    { healthy: 30, rust: 301 },
    [/“rust” has 10 times as many images as “healthy”/],
  ],
  ['both', { healthy: 1, rust: 20 }, [/“healthy”, has 1 image\./, /20 times/]],
])('%s', (_story, images, expected) => {
  const advice = adviceFor(classes(images))

  expect(advice).toHaveLength(expected.length)
  expected.forEach((pattern, i) => expect(advice[i]).toMatch(pattern))
})
