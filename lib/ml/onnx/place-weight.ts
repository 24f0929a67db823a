/** How one weight gets into a graph: a type alone, for the two files that write graphs for inference. */
import type { FoldedNetwork } from '../network/fold.ts'
import type { WeightSpec } from '../network/network.ts'
import type { Graph } from './graph.ts'

/** Writes one weight of the folded network into the graph in its own way; null: as numbers inside the graph. */
export type PlaceWeight = (g: Graph, spec: WeightSpec, folded: FoldedNetwork) => string | null
