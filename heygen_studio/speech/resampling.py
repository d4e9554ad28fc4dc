"""Change of the sample rate."""

from __future__ import annotations

import math

import numpy as np

from .speech import Samples


def resampled(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at ``wanted`` samples per second, float32."""
    from scipy.signal import resample_poly

    common = math.gcd(wanted, rate)
    return np.asarray(resample_poly(samples, wanted // common, rate // common), dtype=np.float32)
