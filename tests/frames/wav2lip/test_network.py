"""The published architecture with its names and shapes; random numbers, full size."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from heygen_studio.errors import WeightsError
from heygen_studio.frames.wav2lip.network import BANDS, SIDE, STEPS, Wav2Lip, load_wav2lip
from tests.layouts import layout_of, read_layout


@pytest.fixture(autouse=True, scope="module")
def one_thread() -> Iterator[None]:
    """Beside other programs, more of them wait for each other far longer than they compute."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def random_input(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    dice = torch.Generator().manual_seed(1)
    return torch.rand(count, 1, BANDS, STEPS, generator=dice) * 8 - 4, torch.rand(count, 6, SIDE, SIDE, generator=dice)


def lively(width: int) -> Wav2Lip:
    """Random weights through which a signal survives all layers."""
    torch.manual_seed(0)
    network = Wav2Lip(width).eval()
    for weight in network.parameters():
        if weight.ndim == 4:
            torch.nn.init.kaiming_normal_(weight)
    return network


@pytest.fixture(scope="module")
def network() -> Wav2Lip:
    return lively(16)


def test_names_and_shapes_are_the_published_ones(network: Wav2Lip):
    assert layout_of(network.state_dict()) == read_layout(Path(__file__).parent / "wav2lip_layout.txt")
    assert sum(weight.numel() for weight in network.parameters()) == 36_298_035


@torch.inference_mode()
def test_a_forward_gives_pictures_that_depend_on_sound_and_face_and_not_on_the_batch(network: Wav2Lip):
    mel, faces = random_input(2)
    painted = network(mel, faces)
    assert painted.shape == (2, 3, SIDE, SIDE)
    assert 0 <= float(painted.min()) < float(painted.max()) <= 1
    alone = network(mel[1:], faces[1:])
    torch.testing.assert_close(network(mel[1:], faces[1:]), alone, rtol=0, atol=0)
    torch.testing.assert_close(alone, painted[1:], rtol=0, atol=1e-3)
    assert float((network(-mel[:1], faces[:1]) - painted[:1]).abs().max()) > 1e-4
    assert float((network(mel[:1], 1 - faces[:1]) - painted[:1]).abs().max()) > 1e-3


@torch.inference_mode()
def test_half_precision_paints_nearly_the_same():
    narrow = lively(4)
    mel, faces = random_input(1)
    full = narrow(mel, faces)
    half = narrow.to(torch.bfloat16)(mel.bfloat16(), faces.bfloat16()).float()
    assert float((half - full).abs().mean()) < 2 / 255


def saved(path: Path, held: object) -> Path:
    torch.save(held, path)
    return path


def test_a_published_checkpoint_is_loaded_name_by_name(tmp_path: Path):
    torch.manual_seed(2)
    network = Wav2Lip(width=2).eval()
    state = {f"module.{name}": value for name, value in network.state_dict().items()}
    loaded = load_wav2lip(saved(tmp_path / "wav2lip_gan.pth", {"state_dict": state, "optimizer": {"lr": 1e-4}, "global_step": 7}))
    mel, faces = random_input(1)
    with torch.inference_mode():
        torch.testing.assert_close(loaded(mel, faces), network(mel, faces), rtol=0, atol=0)


def test_files_that_do_not_fit_are_refused_by_name(tmp_path: Path):
    state = Wav2Lip(width=2).state_dict()
    missing = {name: value for name, value in state.items() if name != "output_block.1.bias"}
    with pytest.raises(WeightsError, match=r"output_block\.1\.bias is missing"):
        load_wav2lip(saved(tmp_path / "a.pth", {"state_dict": missing}))
    with pytest.raises(WeightsError, match=r"extra is unknown"):
        load_wav2lip(saved(tmp_path / "b.pth", {"state_dict": {**state, "extra": torch.zeros(1)}}))
    reshaped = {**state, "output_block.1.bias": torch.zeros(4)}
    with pytest.raises(WeightsError, match=r"\(4,\) instead of \(3,\)"):
        load_wav2lip(saved(tmp_path / "c.pth", {"state_dict": reshaped}))


class Malicious:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("touched-by-a-model-file"),)  # type: ignore[return-value]


def test_a_file_that_would_run_code_or_is_cut_short_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    whole = saved(tmp_path / "whole.pth", {"state_dict": Wav2Lip(width=2).state_dict()}).read_bytes()
    (tmp_path / "short.pth").write_bytes(whole[: len(whole) // 2])
    for path in (saved(tmp_path / "code.pth", {"state_dict": Malicious()}), tmp_path / "short.pth"):
        with pytest.raises(WeightsError, match=f"{path.name} cannot be read"):
            load_wav2lip(path)
    assert not (tmp_path / "touched-by-a-model-file").exists()
