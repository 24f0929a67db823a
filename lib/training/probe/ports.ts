/** What a probe receives, and what its parts work on. Types only. */
import type { RunPlan } from '#lib/contracts/training-plan.ts'
import type { SampleSet } from '#lib/ml/learn/sample-set.ts'
import type { Network, Weights } from '#lib/ml/network/network.ts'
import type { RunPorts } from '../run/ports.ts'

export type ProbePorts = RunPorts & {
  /** Of all cores together, since the process started. */
  readonly cpuSeconds: () => number
}

export type ProbeRun = {
  readonly plan: RunPlan
  /** The images that are really processed. */
  readonly few: SampleSet
  /** Training images of the run. */
  readonly images: number
  readonly ports: ProbePorts
  readonly scratch: string
  readonly network: Network
  readonly weights: Weights
}
