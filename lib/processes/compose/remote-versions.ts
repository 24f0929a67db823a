/** Which address each version has at the inference endpoint (INFERENCE_URL). */
import { modelAddress } from '#lib/contracts/open-inference.ts'
import type { VersionRef } from '#lib/contracts/ipc.ts'
import type { Settings } from '#lib/contracts/settings.ts'
import type { Data } from '#lib/data/data.ts'
import { remoteVersion } from '#lib/inference/remote-version.ts'
import type { RemoteVersionPort } from '#lib/serving/remote-inference.ts'

type EndpointSettings = Pick<Settings, 'INFERENCE_TOKEN' | 'INFERENCE_TIMEOUT_MS'> & {
  readonly INFERENCE_URL: string
}

export const remoteVersions =
  (settings: EndpointSettings, data: { readonly versions: Pick<Data['versions'], 'get'> }) =>
  async ({ key, folder }: VersionRef): Promise<RemoteVersionPort> => {
    const { classifierId: classifier, name: version } = await data.versions.get(key)
    return {
      classifier,
      version,
      ...(await remoteVersion(folder, {
        address: modelAddress(settings.INFERENCE_URL, { classifier, number: Number(version.slice(1)) }),
        token: settings.INFERENCE_TOKEN ?? null,
        timeoutMs: settings.INFERENCE_TIMEOUT_MS,
      })),
    }
  }
