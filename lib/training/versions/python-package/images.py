"""Decodes images for a version of a Darkroom classifier, as its server does; only the decoders differ."""

import math

import numpy as np
from PIL import Image, ImageOps

WHOLE_PIXELS, SHORTER_SIDE, MOST_PIXELS = 1_000_000, 768, 4_000_000  # larger images are decoded smaller


def load(image):
    """height × width × 3 bytes, upright, transparent pixels on white."""
    if not isinstance(image, Image.Image):
        image = Image.open(image)
    image = ImageOps.exif_transpose(image)
    if image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info:
        rgba = np.asarray(image.convert("RGBA"), np.int64)
        alpha = rgba[:, :, 3:]
        data = ((rgba[:, :, :3] * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8)
    else:
        data = np.asarray(image.convert("RGB"))
    height, width = data.shape[:2]
    if width * height > WHOLE_PIXELS:
        scale = min(SHORTER_SIDE / min(width, height), math.sqrt(MOST_PIXELS / (width * height)))
        if scale < 1:
            size = (max(1, math.floor(width * scale + 0.5)), max(1, math.floor(height * scale + 0.5)))
            data = np.asarray(Image.fromarray(data).resize(size, Image.Resampling.LANCZOS))
    return data
