/**
 * Loads tfjs-node in a separate process and computes one convolution whose result is known by hand. A
 * library that crashes ends only this process. Run by native.ts; exit code 0 means success.
 */
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * Node 23 removed two functions that tfjs-node 4.22 calls; the fix was merged upstream in April 2025 and is
 * in no release.
 */
const util = require('node:util') as Record<string, unknown>
util['isNullOrUndefined'] ??= (x: unknown) => x === null || x === undefined
util['isArray'] ??= Array.isArray

/** A 3 × 3 window of ones over 4 × 4 ones counts the ones it covers: 4 in a corner, 6 at an edge, 9 inside. */
const BY_HAND = [4, 6, 6, 4, 6, 9, 9, 6, 6, 9, 9, 6, 4, 6, 6, 4]

/** The part of tfjs-node that the test uses. */
type TensorFlow = {
  getBackend(): string
  ones(shape: readonly number[]): unknown
  conv2d(image: unknown, window: unknown, stride: number, padding: 'same'): { dataSync(): Float32Array }
}

const tf = require('@tensorflow/tfjs-node') as TensorFlow
const answer = tf.conv2d(tf.ones([1, 4, 4, 1]), tf.ones([3, 3, 1, 1]), 1, 'same').dataSync()
const isCorrect = tf.getBackend() === 'tensorflow' && BY_HAND.every((value, i) => answer[i] === value)
if (!isCorrect) throw new Error(`backend ${tf.getBackend()} returned ${Array.from(answer).join(' ')}`)
