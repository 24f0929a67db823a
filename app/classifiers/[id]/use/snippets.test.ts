import { expect, test } from 'vitest'
import { snippetsFor } from './snippets.ts'

const context = { origin: 'https://photos.example', id: 'leaves', title: 'My "leaves"', key: 'dk_secret' }

test.each(snippetsFor(context).map((one) => [one.label, one.code] as const))(
  'the program for %s contains the address, the classifier and the key',
  (_label, code) => {
    expect(code).toContain('https://photos.example/api/predict?classifier=leaves')
    expect(code).toContain('Authorization')
    expect(code).toContain('Bearer dk_secret')
  },
)

test.each(snippetsFor({ ...context, key: null }).map((one) => [one.label, one.code] as const))(
  'where predictions are public, the program for %s sends no key',
  (_label, code) => expect(code).not.toMatch(/Authorization|null/),
)

test('a title with quotation marks stays one YAML string', () => {
  const home = snippetsFor(context).find(({ id }) => id === 'home-assistant')!

  expect(home.code).toContain(String.raw`name: "Predictions of My \"leaves\""`)
})
