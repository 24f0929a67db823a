/**
 * Example requests for each route: the values of the curl examples of /docs. Routes that need no values, or
 * only the id of a listed row, are not here. `$NAME` is a shell variable that the reader sets; a test runs
 * every example unchanged.
 */
import type { Routes } from '#lib/contracts/index.ts'

export type Example = {
  /** In the address. */
  readonly query?: Readonly<Record<string, string | number>>
  readonly json?: Readonly<Record<string, unknown>>
  /** As a form: `@name` is a file. */
  readonly form?: readonly (readonly [field: string, value: string])[]
  /** Instead of `$ID`, where the path contains no id of a row. */
  readonly id?: string
  /** The route that returns the id in the path; by default the list of the same address. */
  readonly idFrom?: keyof Routes
}

export const EXAMPLES: { readonly [Name in keyof Routes]?: Example } = {
  'POST /api/predict': { query: { classifier: 'shapes', top_k: 3 }, form: [['file', '@image.png']] },
  'POST /api/predict/batch': {
    query: { classifier: 'shapes' },
    form: [
      ['files', '@image.png'],
      ['files', '@another.png'],
    ],
  },
  'POST /api/predict/jobs': {
    query: { classifier: 'shapes' },
    form: [
      ['files', '@image.png'],
      ['files', '@another.png'],
    ],
  },
  'GET /api/predict/jobs/{id}/results': { idFrom: 'GET /api/predict/jobs', query: { format: 'csv' } },
  'GET /api/predictions': { query: { classifier: 'shapes', sort: 'least_certain', limit: 10 } },
  'GET /api/predictions/export': { query: { classifier: 'shapes', format: 'jsonl' } },
  'GET /api/predictions/{id}/image': { idFrom: 'GET /api/predictions', query: { size: 96 } },
  'POST /api/predictions/{id}/feedback': {
    idFrom: 'GET /api/predictions',
    json: { correct: false, label: 'circle' },
  },
  'POST /api/notices/read': { json: { until: '2026-11-21T12:00:00.000Z' } },
  'POST /api/predictions/feedback': {
    json: {
      feedback: [{ id: '0193a5c0-0000-7000-8000-000000000000', correct: true, add_to_training: true }],
    },
  },
  'DELETE /api/predictions': { query: { classifier: 'shapes', older_than_days: 365 } },
  'GET /api/statistics': { query: { classifier: 'shapes', days: 7 } },
  'GET /api/classifiers/{id}': { id: 'shapes' },
  'POST /api/classifiers': {
    json: { id: 'my-leaves', title: 'My leaves', classes: ['healthy', 'rust'], size: 64 },
  },
  'PATCH /api/classifiers/{id}': { id: 'my-leaves', json: { title: 'Leaves of the garden' } },
  'DELETE /api/classifiers/{id}': { id: 'my-leaves' },
  'GET /api/classifiers/{id}/classes': { id: 'my-leaves' },
  'POST /api/classifiers/{id}/classes': { id: 'my-leaves', json: { class: 'mildew' } },
  'PATCH /api/classifiers/{id}/classes': {
    id: 'my-leaves',
    json: { class: 'mildew', new_name: 'powdery mildew' },
  },
  'DELETE /api/classifiers/{id}/classes': { id: 'my-leaves', query: { class: 'rust', with_images: 'true' } },
  'GET /api/classes': { query: { classifier: 'shapes' } },
  'POST /api/upload': {
    query: { classifier: 'shapes' },
    form: [
      ['label', 'circle'],
      ['files', '@image.png'],
      ['files', '@another.png'],
    ],
  },
  'POST /api/phone-links': { json: { classifier: 'shapes', label: 'circle', minutes: 30 } },
  'POST /api/phone/images': { form: [['files', '@image.png']] },
  'POST /api/backbones': {
    form: [
      ['normalisation', 'imagenet'],
      ['file', '@network.onnx'],
    ],
  },
  'POST /api/backbones/upload': { json: { name: 'my-network', value: 'features', reading: 'vector' } },
  'POST /api/backbones/{id}/download': { id: 'mobilenet-v2-035' },
  'DELETE /api/backbones/{id}': { id: 'mobilenet-v2-035' },
  'GET /api/samples': { query: { classifier: 'shapes', label: 'circle', limit: 10 } },
  'PATCH /api/samples': {
    json: { filter: { classifier: 'shapes', label: 'circle', is_excluded: true }, is_excluded: false },
  },
  'PATCH /api/findings': {
    json: {
      classifier: 'shapes',
      kind: 'blurry',
      samples: ['01a1fe58-93cb-7000-b74c-5593ab031997'],
      is_dismissed: true,
    },
  },
  'GET /api/changes': { query: { classifier: 'shapes' } },
  'GET /api/trash': { query: { limit: 20 } },
  'PATCH /api/samples/{id}': { idFrom: 'GET /api/samples', json: { is_excluded: true } },
  'GET /api/samples/{id}/image': { idFrom: 'GET /api/samples', query: { size: 96 } },
  'GET /api/data/summary': { query: { classifier: 'shapes' } },
  'GET /api/data/features': { query: { classifier: 'shapes' } },
  'GET /api/data/learning-curve': { query: { classifier: 'shapes' } },
  'GET /api/data/map': { query: { classifier: 'shapes' } },
  'GET /api/classifiers/{id}/export': { id: 'shapes' },
  'POST /api/imports/jobs': {
    form: [
      ['classifier', 'our-pets'],
      ['classes', 'cat,dog,rabbit'],
      ['file', '@pets.h5'],
    ],
  },
  'POST /api/imports': { query: { classifier: 'shapes-copy' }, form: [['file', '@shapes-classifier.zip']] },
  'GET /api/snapshots': { query: { classifier: 'shapes' } },
  'POST /api/snapshots': { json: { classifier: 'shapes' } },
  'GET /api/snapshots/{id}/compare': { query: { with: '01a1fe58-93cb-7000-b74c-5593ab031997' } },
  'POST /api/retrain/forecast': { json: { classifier: 'shapes' } },
  'POST /api/retrain': { json: { classifier: 'shapes', epochs: 2 } },
  'GET /api/models': { query: { classifier: 'shapes' } },
  'POST /api/models/{id}/promote': {
    idFrom: 'GET /api/models',
    json: { reason: 'Better on images of the new camera.' },
  },
  'GET /api/models/{id}/download': { idFrom: 'GET /api/models', query: { format: 'bundle' } },
  'POST /api/models/rollback': { json: { classifier: 'shapes' } },
  'GET /api/model/info': { query: { classifier: 'shapes' } },
  'GET /api/model/uptime': { query: { classifier: 'shapes' } },
  'GET /api/models/{id}/browser': { idFrom: 'GET /api/models', query: { file: 'weights' } },
  'GET /api/model/browser-engine': { query: { file: 'tf.js' } },
  'GET /api/model/browser': { query: { classifier: 'shapes' } },
  'POST /api/model/evaluate': { json: { classifier: 'shapes' } },
  'POST /api/setup': {
    json: { token: '$SETUP_TOKEN', name: 'Ada', email: 'ada@example.org', password: '$PASSWORD' },
  },
  'POST /api/keys': {
    json: { name: 'Packing-line camera', scopes: ['predict'], expires_in_days: 90, classifier: 'shapes' },
  },
  'POST /api/users': {
    json: { name: 'Grace', email: 'grace@example.org', password: '$PASSWORD', role: 'editor' },
  },
  'PATCH /api/users/{id}': { idFrom: 'GET /api/users', json: { name: 'Grace H.' } },
  'POST /api/reset': { json: { token: '$RESET_TOKEN', password: '$PASSWORD' } },
  'POST /api/account/password': { json: { current_password: '$PASSWORD', new_password: '$NEW_PASSWORD' } },
  'GET /api/audit': { query: { kind: 'changes', limit: 20 } },
  'GET /api/audit/export': { query: { kind: 'logins', format: 'csv' } },
  'GET /api/logs': { query: { level: 'warn', limit: 20 } },
  'PATCH /api/settings': { json: { AUTO_PROMOTE: 'better' } },
}
