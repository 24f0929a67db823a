import { rmSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { zipFile } from '#lib/archive/zip-file.fakes.ts'
import { registerVersion } from '#lib/data/versions/sealed.fakes.ts'
import { DarkroomError } from '#lib/domain/errors.ts'
import { JOBS_FOLDER } from './job-folder.ts'
import { ADA, opened, worker, file, zipOf, textOf, linesOf, never } from './program.fakes.ts'

test('a ZIP is predicted in its order, with a row for each image and counts for each class', async () => {
  const program = await opened()
  const { id, url, job } = await program.send([zipOf(70)])
  expect(url).toBe(`/api/predict/jobs/${id}`)
  expect(job).toMatchObject({
    state: 'queued',
    total: 70,
    done: 0,
    filename: 'shelf.zip',
    model_version: 'v1',
    by: 'Ada',
  })

  await worker(program).run(id, never())

  const lines = await linesOf(program, id)
  expect(lines.map(({ index }) => index)).toEqual(Array.from({ length: 70 }, (_, i) => i))
  expect(lines[4]).toMatchObject({ filename: 'images/4.png', success: true, predicted_class: 'lime' })
  expect(lines[4]?.top_k).toHaveLength(2)
  expect(await program.data.queries.getPredictionJob({ id }, { caller: ADA })).toMatchObject({
    done: 70,
    failed: 0,
    engine: 'onnx',
    precision: 'float32',
    per_class: [
      { class: 'apple', count: 24 },
      { class: 'lime', count: 23 },
      { class: 'plum', count: 23 },
    ],
  })
})

test('files that are no usable image have an error in the results, and the others a prediction', async () => {
  const program = await opened()
  const { id } = await program.send([
    file('=1+1.png', Uint8Array.of(0, 0)),
    file('broken.png', Uint8Array.of(9, 1)),
    file('large.png', new Uint8Array(1_001)),
    file('two.zip', zipFile([{ name: 'a.png', content: Uint8Array.of(1, 2) }, { name: '../evil.png' }])),
    file('last.png', Uint8Array.of(2, 3)),
  ])

  await worker(program).run(id, never())

  expect((await linesOf(program, id)).map((one) => one.code ?? one.predicted_class)).toEqual([
    'apple',
    'corrupt_image',
    'too_large',
    'lime',
    'bad_archive',
    'plum',
  ])
  const csv = (await textOf(program, id, 'csv')).split('\r\n')
  expect(csv[0]).toMatch(/^index,filename,model_version,predicted_class,confidence/)
  expect(csv[1]).toMatch(/^0,'=1\+1\.png,v1,apple,0\.98/) // 1 / (1 + 2 e^-5) = 0.9867
  expect(await program.data.queries.getPredictionJob({ id }, { caller: ADA })).toMatchObject({
    failed: 3,
    failures: [{ index: 1, code: 'corrupt_image' }, { index: 2 }, { index: 4 }],
  })
})

test('a job that was interrupted continues behind its last stored row', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(100), file('after.png', Uint8Array.of(0, 100))])
  const killed = worker(program, (batch) => {
    if (batch === 3) throw new Error('the process was killed')
  })
  await expect(killed.run(id, never())).rejects.toThrow('killed')

  const next = worker(program)
  await next.run(id, never())

  expect(next.seen[0]).toBe(64) // two batches of 32 had been stored
  expect(next.seen).toHaveLength(37)
  expect((await linesOf(program, id)).map(({ index }) => index)).toEqual(
    Array.from({ length: 101 }, (_, i) => i),
  )
})

test('the version that was live when the images were sent predicts all of them', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(3)])
  const second = await registerVersion(program.data)
  await program.data.promotions.promote({ versionId: second.id, by: 'test', reason: null })

  await worker(program).run(id, never())

  expect(await textOf(program, id, 'csv')).toContain(',v1,')
  expect(await textOf(program, id, 'csv')).not.toContain(',v2,')
})

test('a job that is deleted while it runs stores nothing more', async () => {
  const program = await opened()
  const { id } = await program.send([zipOf(70)])
  const running = worker(program, async (batch) => {
    if (batch === 2) await program.cases.deletePredictionJob({ id }, { caller: ADA })
  })

  await expect(running.run(id, never())).rejects.toThrow(/it was deleted/)
  expect(await program.data.predictionJobs.find(id)).toBeNull()
})

test('images that were lost are reported in words', async () => {
  const program = await opened()
  await expect(worker(program).run('0193b3f0-0000-7000-8000-000000000001', never())).resolves.toEqual({
    images: 0,
  })
  const { id } = await program.send([zipOf(1)])
  rmSync(path.join(program.folder, JOBS_FOLDER, id), { recursive: true })

  await expect(worker(program).run(id, never())).rejects.toThrow(DarkroomError)
})
