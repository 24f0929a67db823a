/** Composes training, versions and whole classifiers for a process that answers requests. It is imported with the
 *  first such request. */
import path from 'node:path'
import type { Darkroom } from '#lib/http/context.ts'
import type { OpenData } from '#lib/queries/open-data.ts'
import { BODIES_FOLDER } from '#lib/contracts/model-files.ts'
import { createBackboneCases } from '#lib/training/pretrained/backbone-cases.ts'
import { createNetworkCases } from '#lib/training/pretrained/network-cases.ts'
import { createAutoRetrain } from '#lib/training/retrain/auto-retrain.ts'
import { createForecast } from '#lib/training/retrain/forecast-retrain.ts'
import { createRetrain, type RetrainParts } from '#lib/training/retrain/retrain.ts'
import { availableBackbones, installedBackbone } from '#lib/training/run/start/backbones.ts'
import { autoRetrainParts } from './auto-retrain.ts'
import { carryCases } from './carry-cases.ts'
import type { ServingModule } from './compose-serving.ts'
import { VERSION, type Start } from '../settings.ts'
import { versionCases } from './version-cases.ts'

export function composeTraining(
  start: Start,
  data: OpenData,
  serving: Pick<ServingModule, 'state' | 'verify'>,
): Darkroom['training'] {
  const { settings, places } = start
  const retraining: RetrainParts = {
    data,
    defaultEpochs: settings.DEFAULT_EPOCHS,
    candidates: (input, backbone) => availableBackbones(places, input, backbone ?? settings.BACKBONE),
    now: () => Date.now(),
  }
  return {
    ...createRetrain(retraining),
    ...createAutoRetrain(autoRetrainParts(start, data)),
    ...createBackboneCases({
      data,
      isInstalled: () => installedBackbone(places) !== null,
      isOff: settings.BACKBONE === 'own',
      now: () => new Date(),
    }),
    ...createNetworkCases({
      data,
      folder: path.join(places.dataDir, BODIES_FOLDER),
      pretrainedDir: places.pretrainedDir,
      downloads: path.join(places.dataDir, 'downloads'),
      now: () => new Date(),
    }),
    ...createForecast({ ...retraining, dataDir: places.dataDir, codeVersion: VERSION, settings }),
    ...versionCases(data, { engine: () => serving.state().engine, verify: serving.verify }),
    ...carryCases(start, data),
  }
}
