/** A version as an InferenceService of KServe, which runs the model repository of triton-files.ts in Kubernetes. It
 *  names a volume that the owner of the cluster provides. */
import type { ServingModel } from './serving-model.ts'

/** RFC 1035: a name of a service starts with a letter and ends with a letter or a digit. */
const serviceName = (classifier: string): string => `darkroom-${classifier}`.slice(0, 50).replace(/-+$/, '')

/** @param folder of the model repository in the package */
export const inferenceService = ({ classifier, version }: ServingModel, folder: string): string =>
  `# The folder ${folder} next to this file must be readable at storageUri: copy it there, then change the address.
apiVersion: serving.kserve.io/v1beta1
kind: InferenceService
metadata:
  name: ${serviceName(classifier)}
  labels:
    app.kubernetes.io/version: ${version}
spec:
  predictor:
    minReplicas: 1
    maxReplicas: 8
    scaleMetric: concurrency
    scaleTarget: 16
    model:
      modelFormat:
        name: triton
        version: "2"
      protocolVersion: v2
      storageUri: pvc://darkroom-models/${folder}
      resources:
        requests:
          cpu: "1"
          memory: 1Gi
        limits:
          cpu: "2"
          memory: 2Gi
`
