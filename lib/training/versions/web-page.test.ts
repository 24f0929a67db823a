import { expect, test } from 'vitest'
import { ROOT } from '#lib/processes/settings.ts'
import { pageModules } from './page-modules.ts'
import { webPage } from './web-page.ts'

const shapes = { id: '', classifierId: 'shapes', name: 'v1', folder: `${ROOT}/models/shapes/v1` }

test('a version becomes one HTML file that names nothing outside itself', async () => {
  const { bytes, filename, mediaType } = await webPage(shapes, { title: 'Cats & <dogs>', root: ROOT })
  const html = Buffer.from(bytes as Uint8Array).toString('utf8') // in memory

  expect([filename, mediaType]).toEqual(['shapes-v1.html', 'text/html; charset=utf-8'])
  expect(html).toContain('<title>Cats &#38; &#60;dogs&#62; v1</title>')
  expect(html.match(/<\/script>/g)).toHaveLength(html.match(/^<script[ >]/gm)!.length)
  expect(html).not.toMatch(/<(?:script|img|link)[^>]+(?:src|href)=/)
})

test('its program and all that it imports are plain JavaScript under names of the import map', async () => {
  const modules = await pageModules(ROOT, 'lib/browser/web-page.ts')

  expect([...modules.keys()]).toEqual(
    expect.arrayContaining(['#lib/browser/web-page.ts', '#lib/ml/preprocess/preprocess.ts']),
  )
  for (const [name, source] of modules) {
    expect(source.length, name).toBeGreaterThan(0)
    for (const [, specifier] of source.matchAll(/\bfrom\s*'([^']+)'/g))
      expect([...modules.keys()], name).toContain(specifier)
  }
})

test('a module that needs a package cannot stand in such a page', async () => {
  await expect(pageModules(ROOT, 'lib/contracts/browser.ts')).rejects.toThrow(
    'lib/contracts/browser.ts imports zod, which a page without a server cannot load',
  )
})
