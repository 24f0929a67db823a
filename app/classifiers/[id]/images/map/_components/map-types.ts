/** The answer of the API that the map shows. Types only. */
import type { Output } from '#lib/contracts/contract.ts'
import type { Routes } from '#lib/contracts/index.ts'

export type MapAnswer = Output<Routes['GET /api/data/map']>
