/** How Next builds and serves the pages. Our own server stands before it (lib/processes/web.ts), so nothing
 *  here is about ports or hosts. */

/** What is native, large, or must exist once in the process: loaded from node_modules, never bundled. */
const OUTSIDE = [
  'sharp',
  'libheif-js',
  'onnxruntime-node',
  'onnxruntime-web',
  '@tensorflow/tfjs',
  '@tensorflow/tfjs-node',
  '@prisma/client',
  '@prisma/driver-adapter-utils',
  'pino',
  'next-auth',
  'yauzl',
  'yazl',
]

/** @type {import('next').NextConfig} */
export default {
  poweredByHeader: false,
  reactStrictMode: true,
  serverExternalPackages: OUTSIDE,
  compress: true,
  images: { unoptimized: true },
  // `npm test` checks types; a start must not pay for it.
  typescript: { ignoreBuildErrors: true },
  turbopack: { root: import.meta.dirname },
}
