/**
 * Rule about contracts: every contract has its route and every route its contract. What a route answers is
 * tested in lib/http; this rule checks only that both exist.
 */
import { contracts } from '#lib/contracts/index.ts'
import type { ProjectRule } from './rule.ts'
import { factsOf, type SourceFile } from './sources.ts'

const METHODS = new Set(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'])
/**
 * Routes without a contract: next-auth owns its paths, the OpenAPI document describes the contracts, and
 * one route answers 404 for everything else.
 */
const WITHOUT_CONTRACT = [
  /^[A-Z]+ \/api\/auth\//,
  /^GET \/api\/openapi\.json$/,
  /^[A-Z]+ \/api\/\[\.\.\.unknown\]$/,
]

export const contractsAndRoutes: ProjectRule = {
  name: 'every contract has a route and every route has a contract',
  counts: 'contracts',
  minimum: 40,
  judge: (sources) => ({
    checked: contracts.length,
    broken: disagreements(
      contracts.map(({ method, path }) => `${method} ${path}`),
      sources,
    ),
  }),
}

/** @param contractRoutes such as `POST /api/predictions/{id}/feedback` */
export function disagreements(
  contractRoutes: readonly string[],
  sources: readonly SourceFile[],
): readonly string[] {
  const fileRoutes = sources.flatMap(routesOf)
  const missing = contractRoutes
    .filter((route) => !fileRoutes.includes(route))
    .map((route) => `${fileOf(route)}: the contract ${route} has no route.`)
  const extra = fileRoutes
    .filter(
      (route) => !contractRoutes.includes(route) && !WITHOUT_CONTRACT.some((pattern) => pattern.test(route)),
    )
    .map((route) => `${fileOf(route)}: the route ${route} has no contract.`)
  return [...missing, ...extra]
}

function routesOf(source: SourceFile): readonly string[] {
  const path = /^app(\/.*)\/route\.tsx?$/.exec(source.file)?.[1]
  if (!path) return []
  const address = path.replace(/\/\([^)]*\)/g, '').replace(/\[([^\].]+)\]/g, '{$1}')
  return factsOf(source)
    .exportedNames.filter((name) => METHODS.has(name))
    .map((method) => `${method} ${address}`)
}

const fileOf = (route: string): string =>
  `app${route.split(' ')[1]?.replace(/\{([^}]+)\}/g, '[$1]')}/route.ts`
