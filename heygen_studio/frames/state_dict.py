"""Published weight files: read without running code from them, loaded only if every name and shape fits."""

from __future__ import annotations

import pickle
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from torch import Tensor, nn

from ..errors import WeightsError

State = dict[str, Tensor]


def read_state(path: Path, inside: str = "") -> State:
    """The tensors of a .safetensors or torch file by name; ``inside``: the entry of a training checkpoint that holds them.

    Raises `WeightsError` if the file is damaged or holds anything but tensors and plain values.
    """
    try:
        if path.suffix == ".safetensors":
            return safetensors.torch.load_file(path)
        held = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, EOFError, ValueError, pickle.UnpicklingError, safetensors.SafetensorError) as error:
        raise WeightsError(f"The model file {path} cannot be read (it is damaged, or no file of tensors): fetch it again.") from error
    state = held.get(inside, held) if isinstance(held, dict) else held
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise WeightsError(f"The model file {path} holds no table of tensors: it is another file than the published one.")
    return state


def load_strictly(network: nn.Module, state: State, path: Path, dtype: torch.dtype = torch.float32) -> None:
    """Make ``state`` in that precision the network's own tensors (the network may be on the device "meta").

    Raises `WeightsError` that names what is missing, unknown or of another shape.
    """
    own = network.state_dict()
    faults = [f"{name} is missing" for name in own if name not in state]
    faults += [f"{name} is unknown" for name in state if name not in own]
    faults += [
        f"{name} has the shape {tuple(state[name].shape)} instead of {tuple(own[name].shape)}"
        for name in own
        if name in state and state[name].shape != own[name].shape
    ]
    if faults:
        raise WeightsError(f"The model file {path} does not fit its network ({faults[0]}; {len(faults)} faults): fetch the published file.")
    network.load_state_dict({name: value.to(dtype) if value.is_floating_point() else value for name, value in state.items()}, assign=True)
