/** The engines that this machine can open, each in all of its layouts, for tests that apply to all. Real
 *  engines, not fakes. */
import type { Engine } from './engine.ts'
import { probeEngines } from './open-engine.ts'
import { blockedWriting, probeBlock } from './ort/blocked-layout.ts'
import { loadOrt } from './ort/library.ts'
import { createOrtEngine } from './ort/ort-engine.ts'
import { loadTensorFlow } from './tfjs-node/binding.ts'
import { createTensorFlowEngine } from './tfjs-node/tensorflow-engine.ts'

export type EngineHere = { readonly name: string; readonly engine: Engine; openSessions(): number }

export async function enginesHere(): Promise<readonly EngineHere[]> {
  const isHere = (name: string): boolean =>
    probeEngines().some((probe) => probe.name === name && probe.available)
  const here: EngineHere[] = []
  if (isHere('onnx')) {
    const library = await loadOrt('onnx', { threads: 2 })
    here.push({
      name: 'onnx, standard layout',
      engine: createOrtEngine(library),
      openSessions: library.openSessions,
    })
    const block = await probeBlock(library)
    if (block !== null)
      here.push({
        name: `onnx, blocks of ${block}`,
        engine: createOrtEngine(library, { writing: blockedWriting(block) }),
        openSessions: library.openSessions,
      })
  }
  if (isHere('wasm')) {
    const library = await loadOrt('wasm', { threads: 2 })
    here.push({ name: 'wasm', engine: createOrtEngine(library), openSessions: library.openSessions })
  }
  if (isHere('tfjs-node')) {
    const tf = loadTensorFlow()
    here.push({ name: 'tfjs-node', engine: createTensorFlowEngine({ tf }), openSessions: tf.openTensors })
  }
  return here
}
