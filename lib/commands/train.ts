/**
 * `npm run train -- <classifier>`: trains in a child process with checkpoints and progress, measures once
 * on the test images, writes a bundle. It needs no running server; the loop itself is lib/ml/learn/train,
 * the run lib/training/run/run.
 */
import { parseArgs } from 'node:util'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { card as cardSchema, type Card } from '#lib/contracts/bundle.ts'
import { reportedError } from '#lib/domain/errors.ts'
import { forkTrainingWith } from '#lib/processes/forks/fork-training.ts'
import { readStart, type Start } from '#lib/processes/settings.ts'
import { checkpointFile } from '#lib/training/run/checkpoint.ts'
import { purposeOf } from '#lib/training/job/engine-purpose.ts'
import { followRun } from '#lib/training/job/follow.ts'
import type { TrainArguments } from './train/arguments.ts'
import { forecastSentence } from './train/forecast.ts'
import { createProgress } from './train/progress.ts'
import { prepareRun } from './train/plan.ts'
import { writeDescription } from './train/shipped-description.ts'
import { runCommand } from './terminal/run-command.ts'

const HELP = `npm run train -- <classifier> [options]

Trains a classifier and writes its bundle. Ctrl-C stops with a checkpoint; --resume continues.

  <classifier>     shapes, mnist, cifar10, cifar10-small, fruits, leaf-disease, cats-dogs, or one of yours
  --from PATH      a ZIP archive or folder of class folders (optionally in train/ and test/), or the official files
                   (default: downloaded for mnist and cifar10; yours: the images in DATA_DIR)
  --recipe NAME    scratch-small, scratch-photo, scratch-digits; head for the last layer alone, transfer
                   for it and the upper part of a pretrained network, transfer-whole for all of it, distil from a
                   teacher; finetune, restart and settle continue from --base (default: the classifier's own;
                   restart with --base)
  --body NAME      head, transfer: the pretrained network (default: the one whose features distinguish these
                   images best)
  --base NAME      the version to continue from: a folder with a bundle, or a shipped classifier
  --teacher NAME   a version whose predictions are also training targets: a folder with a bundle, or a shipped
                   classifier; of several, their mean
  --epochs N       number of epochs (default: the recipe's)
  --seed N         the same seed gives the same first epoch (default: 1)
  --plan           only forecast duration and memory, measured on a few images and steps
  --resume         continue from the checkpoint of the last run of this classifier
  --out FOLDER     folder for the bundle (default: DATA_DIR/trained/<classifier>/v<next>)
  --ship           write it to models/<classifier>/v1, as a shipped version
  --engine NAME    onnx, tfjs-node, wasm (default: TRAINING_ENGINE, else the fastest available)
  --help           show this help

Environment variables: DATA_DIR, TRAINING_ENGINE, TRAIN_MEMORY_MB.`

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      from: { type: 'string' },
      recipe: { type: 'string' },
      body: { type: 'string' },
      base: { type: 'string' },
      teacher: { type: 'string', multiple: true },
      epochs: { type: 'string' },
      seed: { type: 'string' },
      out: { type: 'string' },
      engine: { type: 'string' },
      resume: { type: 'boolean', default: false },
      plan: { type: 'boolean', default: false },
      ship: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  if (values.help || positionals.length !== 1) {
    console.log(HELP)
    return values.help ? 0 : 1
  }
  const request = { name: positionals[0]!, ...values }
  return request.plan ? forecasted(request, readStart()) : trained(request, readStart())
}

async function forecasted(args: TrainArguments, start: Start): Promise<number> {
  console.log(await forecastSentence(await prepareRun(args, start)))
  return 0
}

async function trained(args: TrainArguments, start: Start): Promise<number> {
  const { folder, plan } = await prepareRun(args, start)
  const stop = new AbortController()
  let interrupts = 0
  process.on('SIGINT', () => {
    if (++interrupts > 1) process.exit(130)
    console.log('\nStopping with a checkpoint. Press Ctrl-C again to stop immediately.')
    stop.abort()
  })
  const progress = createProgress(plan.recipe.settings.epochs)
  const end = await followRun({
    child: forkTrainingWith((line) => console.error(line))(plan.engine, purposeOf(plan.recipe)),
    folder,
    resume: args.resume,
    onReady: (engine) =>
      console.log(
        `Training ${plan.classifier.id} with ${plan.recipe.name}, up to ${plan.recipe.settings.epochs} ` +
          `epochs, seed ${plan.seed}, on ${engine}.`,
      ),
    onMessage: progress.show,
    signal: stop.signal,
  })
  const goOn = `To continue: npm run train -- ${args.name} --resume`
  switch (end.kind) {
    case 'sealed': {
      progress.sealed()
      rmSync(checkpointFile(folder), { force: true }) // --resume would seal the same again
      if (args.ship) await writeDescription(plan)
      console.log(
        summary(
          cardSchema.parse(JSON.parse(readFileSync(join(end.folder, 'card.json'), 'utf8'))),
          end.folder,
        ),
      )
      if (!args.ship)
        console.log(`To put it into production: npm run import -- ${args.name} --from ${end.folder}`)
      return 0
    }
    case 'cancelled':
      console.log(`Stopped. ${goOn}`)
      return 130
    case 'failed':
      console.error(end.failure.code === 'internal' ? end.cause : reportedError(end.failure).message)
      return 1
    case 'died':
      console.error(`The training process ended (${end.cause}). ${goOn}`)
      return 1
  }
}

function summary(card: Card, folder: string): string {
  const percent = (share: number) => (share * 100).toFixed(2)
  const test = card.test
  const measured = test
    ? `${percent(test.accuracy.value)} % accuracy on ${test.images.toLocaleString('en')} test ` +
      `images (${percent(test.accuracy.low)} to ${percent(test.accuracy.high)})`
    : 'no test images for an evaluation'
  return (
    `${card.classifier} ${card.version}: ${measured}; ${card.network.parameters.toLocaleString('en')} ` +
    `parameters, ${Math.round(card.duration_seconds)} s.\nBundle: ${folder}`
  )
}

await runCommand(main)
