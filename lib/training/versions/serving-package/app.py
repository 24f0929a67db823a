"""A Darkroom version as a Ray Serve application: POST an image, get a prediction.

    pip install -r requirements.txt
    serve run app:app
"""

import asyncio
import io
import warnings

from PIL import Image
from ray import serve
from starlette.requests import Request
from starlette.responses import JSONResponse

from classifier import Classifier
from images import load

MOST_BYTES = 20 * 1024**2
Image.MAX_IMAGE_PIXELS = 50_000_000
warnings.simplefilter("error", Image.DecompressionBombWarning)  # Pillow refuses only twice as many by itself


@serve.deployment(
    name="classifier",
    max_ongoing_requests=64,
    ray_actor_options={"num_cpus": 1},
    autoscaling_config={"min_replicas": 1, "max_replicas": 8, "target_ongoing_requests": 16},
)
class ClassifierDeployment:
    def __init__(self):
        self.classifier = Classifier(threads=1)

    @serve.batch(max_batch_size=32, batch_wait_timeout_s=0.002)
    async def predictions(self, rasters):
        return await asyncio.to_thread(self.classifier.predict_many, rasters)

    async def __call__(self, request: Request):
        if request.method != "POST":
            return JSONResponse({"error": "POST the bytes of an image"}, status_code=405)
        body = await request.body()
        if len(body) > MOST_BYTES:
            return JSONResponse({"error": f"the image has more than {MOST_BYTES} bytes"}, status_code=413)
        try:
            raster = await asyncio.to_thread(load, io.BytesIO(body))
        except Exception as error:  # Pillow raises many kinds for damaged files
            return JSONResponse({"error": f"the image cannot be read: {error}"}, status_code=400)
        return JSONResponse(await self.predictions(raster))


app = ClassifierDeployment.bind()
