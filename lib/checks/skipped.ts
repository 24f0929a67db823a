/**
 * What a unit test file needs that a machine may lack: its tests are skipped there, and `npm test` says why. A story
 * states its reason in `test.skip`, and a fault test in `lacks`.
 */

const PROC = 'Linux, with /proc'
const FULL_DEVICE = '/dev/full, which Linux has'
const NETWORKS = 'pretrained networks, in the folder that DARKROOM_REAL_DATA names'
const DATA_SETS = 'official data sets, in the folder that DARKROOM_REAL_DATA names'

export const NEEDED: Readonly<Record<string, string>> = {
  'lib/checks/deploy.test.ts': 'bash',
  'lib/commands/import/official-network.test.ts': NETWORKS,
  'lib/engines/backbone-features.test.ts': 'MobileNetV3-Small: npm run backbone -- fetch --installation',
  'lib/engines/mobile-network.test.ts': NETWORKS,
  'lib/engines/ort/library.test.ts': 'the engine onnx',
  'lib/engines/tfjs-node/bfloat16.test.ts': 'the native engine: npm run setup:native',
  'lib/ingest/readers/read-set.test.ts': DATA_SETS,
  'lib/ingest/readers/readers.test.ts': DATA_SETS,
  'lib/ml/preprocess/preprocess.test.ts': DATA_SETS,
  'lib/operations/machine.test.ts': PROC,
  'lib/operations/partial-files.test.ts': PROC,
  'lib/operations/process-family.test.ts': PROC,
  'lib/processes/disk-full.test.ts': 'the permission to mount a small disk: run it as root',
  'lib/processes/forks/fork-inspection.test.ts': PROC,
  'lib/processes/compose/pretrained-ports.test.ts': FULL_DEVICE,
  'lib/processes/supervisor.test.ts': PROC,
  'lib/data/objects/objects.test.ts':
    'OpenStack Swift: apt-get install swift-proxy swift-account swift-container swift-object',
  'lib/data/database/postgres/migrate.test.ts': 'PostgreSQL: apt-get install postgresql',
  'lib/processes/topology.test.ts': 'Linux and nginx: apt-get install nginx-light',
  'lib/training/job/train-job.test.ts': FULL_DEVICE,
  'lib/training/pretrained/install-backbone.test.ts': FULL_DEVICE,
  'lib/training/pretrained/onnx/onnx.test.ts': NETWORKS,
  'lib/training/versions/python-files.test.ts':
    'Python with numpy, onnxruntime and Pillow; DARKROOM_PYTHON names the program',
  'lib/training/run/checkpoint.test.ts': FULL_DEVICE,
  'lib/training/run/learn/batch-size.test.ts': PROC,
}

/** In words for the closing lines. */
export const neededBy = (file: string): string =>
  `${file} needs ${NEEDED[file] ?? 'something that is not stated'}`
