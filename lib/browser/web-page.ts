/** The program of an exported web page: one HTML file that holds a version, TensorFlow.js and this code, and predicts
 *  from disk without a server (lib/training/versions/web-page.ts writes it). Without React, so that the file can be
 *  read by anyone who opens it. */
import { openBrowserModel, type BrowserModel, type BrowserPrediction } from './browser-model.ts'
import { CameraUnavailable, openCamera } from './camera.ts'
import type { BrowserModelAnswer } from '#lib/contracts/browser.ts'
import { chanceOfBytes, readFrame, readImage } from './read-image.ts'
import { prepared } from './tensorflow.ts'

const DECISIONS = {
  confident: 'Confident',
  uncertain: 'Uncertain',
  unfamiliar: 'Unfamiliar image: it differs from the training images, so the prediction may be unreliable',
} as const

const part = <E extends HTMLElement>(id: string, kind: new () => E): E => {
  const element = document.getElementById(id)
  if (!(element instanceof kind)) throw new Error(`The page has no ${id}`)
  return element
}
const status = part('status', HTMLElement)
const answer = part('answer', HTMLElement)
const preview = part('preview', HTMLImageElement)
const video = part('video', HTMLVideoElement)
const cameraButton = part('camera', HTMLButtonElement)

async function start(): Promise<void> {
  if (!globalThis.tf) throw new Error('TensorFlow.js did not start in this browser.')
  const wasm = Array.from(document.querySelectorAll<HTMLElement>('[data-wasm]'), (element) => [
    element.dataset['wasm'] ?? '',
    `data:application/wasm;base64,${element.textContent.trim()}`,
  ])
  const tensorFlow = prepared(globalThis.tf, Object.fromEntries(wasm))
  const about: BrowserModelAnswer = parsedModel()
  const model = await openBrowserModel(tensorFlow, about, {
    weights: bytesIn('weights') ?? new ArrayBuffer(),
    reference: bytesIn('reference'),
  })
  listen(model)
  status.textContent = `Ready (${model.backend}). Images stay on this device.`
}

function parsedModel(): BrowserModelAnswer {
  const stored: unknown = JSON.parse(part('model', HTMLElement).textContent)
  if (!isModel(stored)) throw new Error('The model in this page is damaged. Download the page again.')
  return stored
}

/** Checked by a few fields: the same release wrote the rest, next to this code. */
const isModel = (value: unknown): value is BrowserModelAnswer =>
  typeof value === 'object' && value !== null && 'topology' in value && 'preprocess' in value

function bytesIn(id: string): ArrayBuffer | null {
  const text = document.getElementById(id)?.textContent.trim()
  return text ? Uint8Array.from(atob(text), (character) => character.charCodeAt(0)).buffer : null
}

function listen(model: BrowserModel): void {
  const file = part('file', HTMLInputElement)
  const predict = (files: Iterable<File>) => {
    const [first] = files
    if (first) predictFile(model, first).catch(fail)
  }
  file.disabled = false
  file.onchange = () => predict(file.files ?? [])
  document.ondragover = (event) => event.preventDefault()
  document.ondrop = (event) => {
    event.preventDefault()
    predict(event.dataTransfer?.files ?? [])
  }
  document.onpaste = (event) => predict(event.clipboardData?.files ?? [])
  cameraButton.disabled = false
  cameraButton.onclick = () => void toggleCamera(model)
}

async function predictFile(model: BrowserModel, file: File): Promise<void> {
  stopCamera()
  URL.revokeObjectURL(preview.src)
  preview.src = URL.createObjectURL(file)
  preview.hidden = false
  const { image } = await readImage(file, model.about.preprocess.background)
  const chance = (await chanceOfBytes(await file.arrayBuffer())) ?? 0
  show(await model.predict(image, { chance }))
  status.textContent = file.name
}

let stream: MediaStream | null = null
async function toggleCamera(model: BrowserModel): Promise<void> {
  if (stream) return stopCamera()
  try {
    stream = await openCamera('environment')
    video.srcObject = stream
    await video.play()
    video.hidden = false
    preview.hidden = true
    cameraButton.textContent = 'Stop the camera'
    await predictFrames(model)
  } catch (error) {
    stopCamera()
    fail(error instanceof CameraUnavailable ? error : new CameraUnavailable('busy', error))
  }
}

function stopCamera(): void {
  stream?.getTracks().forEach((track) => track.stop())
  stream = null
  video.hidden = true
  cameraButton.textContent = 'Start the camera'
}

async function predictFrames(model: BrowserModel): Promise<void> {
  while (stream) {
    const read = readFrame(video)
    if (read) {
      const prediction = await model.predict(read.image)
      show(prediction)
      status.textContent = `${prediction.ms.toFixed(0)} ms per image`
    }
    await new Promise((resolve) => requestAnimationFrame(resolve))
  }
}

function show({ predicted_class: name, confidence, decision, probabilities }: BrowserPrediction): void {
  const head = document.createElement('p')
  head.className = 'class'
  head.textContent = name
  const level = document.createElement('p')
  level.textContent = `${percent(confidence)}${decision ? `. ${DECISIONS[decision]}` : ''}`
  const table = document.createElement('table')
  for (const [label, p] of Object.entries(probabilities).sort((a, b) => b[1] - a[1])) {
    const row = table.insertRow()
    row.insertCell().textContent = label
    row.insertCell().textContent = percent(p)
  }
  answer.replaceChildren(head, level, table)
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function fail(error: unknown): void {
  answer.replaceChildren()
  status.textContent = error instanceof Error ? error.message : String(error)
}

start().catch(fail)
