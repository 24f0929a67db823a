/** `npm run bench -- <what>`: selects the benchmark. Each has a file of its own, imported when it runs. */
const BENCHMARKS: Readonly<
  Record<string, { readonly is: string; readonly run: (args: readonly string[]) => Promise<number> }>
> = {
  serve: {
    is: 'predictions per second on this machine',
    run: async (args) => (await import('./bench/serve.ts')).benchServe(args),
  },
  backup: {
    is: 'backs up under load, restores, compares, and detects flipped bytes',
    run: async (args) => (await import('./bench/backup.ts')).benchBackup(args),
  },
  head: {
    is: 'time to train a last layer on cached features',
    run: async (args) => (await import('./bench/head.ts')).benchHead(args),
  },
  memory: {
    is: 'memory of all processes together, idle, predicting and training',
    run: async (args) => (await import('./bench/memory.ts')).benchMemory(args),
  },
  forecast: {
    is: 'error of the forecasts of ten small training runs',
    run: async (args) => (await import('./bench/forecast.ts')).benchForecast(args),
  },
  retrain: {
    is: 'seconds from two hundred images to an evaluated version',
    run: async (args) => (await import('./bench/retrain.ts')).benchRetrain(args),
  },
  overload: {
    is: 'predictions at three times the capacity',
    run: async (args) => (await import('./bench/overload.ts')).benchOverload(args),
  },
  history: {
    is: 'lists and exports of a million stored predictions, on both databases',
    run: async (args) => (await import('./bench/history.ts')).benchHistory(args),
  },
  instances: {
    is: 'predictions by one, two and four web instances behind nginx',
    run: async (args) => (await import('./bench/instances.ts')).benchInstances(args),
  },
  interference: {
    is: 'predictions while pages are read and the live version changes',
    run: async (args) => (await import('./bench/interference.ts')).benchInterference(args),
  },
  'few-images': {
    is: 'accuracy from a few images, and whether the claimed interval contains it',
    run: async (args) => (await import('./bench/few-images.ts')).benchFewImages(args),
  },
  findings: {
    is: 'planted faults of images and labels that are found',
    run: async (args) => (await import('./bench/findings.ts')).benchFindings(args),
  },
  'learning-curve': {
    is: 'whether a forecast for more images is reached with them',
    run: async (args) => (await import('./bench/learning-curve.ts')).benchLearningCurve(args),
  },
  digits: {
    is: 'accuracy of the digit classifier on images from other sources',
    run: async (args) => (await import('./bench/digits.ts')).benchDigits(args),
  },
  int8: {
    is: 'accuracy of the shipped classifiers with float32 and with 8-bit numbers',
    run: async (args) => (await import('./bench/int8.ts')).benchInt8(args),
  },
  images: {
    is: 'the page of 100,000 images: first paint, scrolling, changes',
    run: async (args) => (await import('./bench/images.ts')).benchImages(args),
  },
  rates: {
    is: 'requests per second for 10, 50, 100 and 200 users, next to the expectations of the earlier projects',
    run: async (args) => (await import('./bench/rates.ts')).benchRates(args),
  },
  photos: {
    is: 'predictions of a large photograph, and by networks of 224 pixels, next to their floor',
    run: async (args) => (await import('./bench/photos.ts')).benchPhotos(args),
  },
  train: {
    is: 'training images per second of each engine, compared with Keras',
    run: async (args) => (await import('./bench/train.ts')).benchTrain(args),
  },
}

const HELP = `npm run bench -- <name> [options]

${Object.entries(BENCHMARKS)
  .map(([name, { is }]) => `  ${name.padEnd(15)}${is}`)
  .join('\n')}

Each has --help.`

async function main([what = '--help', ...args]: readonly string[]): Promise<number> {
  const benchmark = Object.hasOwn(BENCHMARKS, what) ? BENCHMARKS[what] : undefined
  if (benchmark) return benchmark.run(args)
  console.log(HELP)
  return what === '--help' || what === '-h' ? 0 : 1
}

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  // an unknown option is a typing error of the user, reported in one sentence
  console.error(error instanceof TypeError && 'code' in error ? error.message : error)
  return 1
})

export {} // without imports, only this makes it a module
