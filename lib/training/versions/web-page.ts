/** A version as one HTML file: model, preprocessing, TensorFlow.js, camera and drop. It predicts from disk, without a
 *  server and without a network; lib/browser/web-page.ts is its program. */
import type { FileAnswer } from '#lib/contracts/contract.ts'
import type { EngineFile } from '#lib/contracts/browser.ts'
import type { Version } from '#lib/data/versions/version-values.ts'
import { describeForBrowser, engineBytes, engineRelease, fileForBrowser } from './browser-model.ts'
import { pageModules } from './page-modules.ts'

const PROGRAM = 'lib/browser/web-page.ts'
const WASM: readonly EngineFile[] = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm']

export async function webPage(
  version: Pick<Version, 'id' | 'classifierId' | 'name' | 'folder'>,
  { title, root }: { readonly title: string; readonly root: string },
): Promise<FileAnswer> {
  const about = await describeForBrowser(version, { title, engine: await engineRelease(root) })
  const [weights, reference] = await Promise.all([
    base64Of(fileForBrowser(version, 'weights')),
    about.reference ? base64Of(fileForBrowser(version, 'reference')) : '',
  ])
  const scripts = await Promise.all(
    (['tf.js', 'tf-backend-wasm.js'] as const).map(async (file) => textOf(await engineBytes(root, file))),
  )
  const wasm = await Promise.all(
    WASM.map(async (file) => ({
      file,
      base64: Buffer.from(await engineBytes(root, file)).toString('base64'),
    })),
  )
  const modules = await pageModules(root, PROGRAM)
  const imports = Object.fromEntries(
    [...modules].map(([name, source]) => [
      name,
      `data:text/javascript;base64,${Buffer.from(source).toString('base64')}`,
    ]),
  )
  const html = [
    head(title, version.name),
    data('model', JSON.stringify(about)),
    data('weights', weights),
    data('reference', reference),
    ...wasm.map(({ file, base64 }) => `<script type="text/plain" data-wasm="${file}">${base64}</script>`),
    ...scripts.map((script) => `<script>${inScript(script)}</script>`),
    `<script type="importmap">${inScript(JSON.stringify({ imports }))}</script>`,
    `<script type="module">import '#${PROGRAM}'</script>`,
    '</body></html>\n',
  ].join('\n')
  return {
    bytes: Buffer.from(html),
    mediaType: 'text/html; charset=utf-8',
    filename: `${version.classifierId}-${version.name}.html`,
    isImmutable: false,
  }
}

async function base64Of(answer: Promise<FileAnswer>): Promise<string> {
  const { bytes } = await answer
  if (!(bytes instanceof Uint8Array)) throw new Error('A file of a model is not in memory')
  return Buffer.from(bytes).toString('base64')
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\/\/# sourceMappingURL=.*$/gm, '')

/** `<` never ends the element that it stands in: in JSON and strings of scripts, `\x3C` is the same character. */
const inScript = (script: string): string => script.replace(/<(?=\/script|!--)/gi, '\\x3C')
const data = (id: string, text: string): string =>
  `<script type="text/plain" id="${id}">${text.replaceAll('</', '<\\/')}</script>`

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

const head = (title: string, version: string): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} ${version}</title>
<style>
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif }
body { margin: 0 auto; padding: 1rem; max-width: 40rem }
img, video { display: block; max-width: 100%; max-height: 20rem; margin: 1rem 0 }
[hidden] { display: none }
input, button { font: inherit; min-height: 2.75rem; margin: 0.25rem 0.5rem 0.25rem 0 }
.class { font-size: 1.75rem; font-weight: 650; margin: 0 }
td { padding: 0.1rem 1rem 0.1rem 0 }
</style>
</head>
<body>
<main>
<h1>${escaped(title)}</h1>
<p>Version ${version}, made with Darkroom. This page needs no server:
choose, drop or paste an image, or use the camera.</p>
<label>Image <input id="file" type="file" accept="image/*" disabled></label>
<button id="camera" type="button" disabled>Start the camera</button>
<p id="status" role="status">Loading…</p>
<video id="video" muted playsinline hidden></video>
<img id="preview" alt="The image" hidden>
<section id="answer" aria-label="Prediction" aria-live="polite"></section>
</main>`
