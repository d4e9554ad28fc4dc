"""HeyGen Studio: from a text prompt to a finished MP4 in which a digital human speaks it.

>>> from heygen_studio import Studio, VideoRequest
>>> video = Studio().render(VideoRequest(prompt="Welcome our new colleagues", seconds=10))  # doctest: +SKIP
>>> video.path  # doctest: +SKIP

Importing this package loads no model, and neither torch nor a web framework.
"""

from .errors import AgreementNeeded, BadInput, EngineUnavailable, OutputError, StudioError, WeightsError
from .progress import Cancel, Cancelled, Event
from .request import Scene, VideoRequest
from .script.script import Line
from .settings import Settings
from .studio import Studio
from .video.video import Video

__all__ = [
    "AgreementNeeded",
    "BadInput",
    "Cancel",
    "Cancelled",
    "EngineUnavailable",
    "Event",
    "Line",
    "OutputError",
    "Scene",
    "Settings",
    "Studio",
    "StudioError",
    "Video",
    "VideoRequest",
    "WeightsError",
]
