/**
 * An API key for a command's own product, created in the same way as on the owner's page. It sends no
 * request to the product.
 */
import path from 'node:path'
import type { KEY_SCOPES } from '#lib/contracts/people.ts'
import { createApiKeys } from '#lib/auth/keys.ts'
import type { DataSettings } from '#lib/data/data-settings.ts'
import { openData } from '#lib/queries/open-data.ts'
import { ROOT } from '#lib/processes/settings.ts'

type KeyScope = (typeof KEY_SCOPES)[number]

/** `name` is what the owner would see in the list of keys. */
export async function createOwnKey(
  dataDir: string,
  { name, scopes }: { readonly name: string; readonly scopes: readonly KeyScope[] },
  more: Partial<DataSettings> = {},
): Promise<string> {
  const now = () => Date.now()
  const data = await openData({
    ...more,
    databaseFile: path.join(dataDir, 'darkroom.db'),
    dataDir,
    modelsDir: path.join(ROOT, 'models'),
    clock: { now },
  })
  try {
    const apiKeys = createApiKeys({ keys: data.keys, classifiers: data.classifiers, now })
    const caller = { kind: 'anonymous', id: null, name: null, scopes: [] } as const
    return (await apiKeys.createKey({ name, scopes: [...scopes] }, { caller })).key
  } finally {
    await data.close()
  }
}
