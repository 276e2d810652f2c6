"""Train the network that outlines a nerve about a seed, on simulated patches only, and write it as ONNX.

    python tools/train_nerve_outline.py --work /tmp/outline --steps 10000
    python tools/train_nerve_outline.py --work /tmp/outline --export src/ranvier/imaging/data/nerve_outline.onnx
    python tools/train_nerve_outline.py --work /tmp/more --steps 2500 --rate 0.001 \
        --start src/ranvier/imaging/data/nerve_outline.onnx

The last goes on from weights that were written before, on the patches of the present simulation. Needs the extra
``train`` (torch, onnx). A run may be stopped at any time; the same command goes on from the last checkpoint. Patch
number k of a run depends on the seed and k only. One process draws patches, one thread trains.
"""

import argparse
import copy
import json
import os
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from ranvier.imaging.network_input import CHANNELS, network_input
from ranvier.imaging.simulation.patch import PATCH_PIXELS, draw_patch
from ranvier.imaging.simulation.settings import load_patch_settings

WIDTHS = (16, 32, 64, 96)
BATCH = 32
LEARNING_RATE = 3e-3
WARM_STEPS = 200
FALLING_SHARE = 0.5
AVERAGE_DECAY = 0.998
RARE_LOGIT = -4.0
CHECKPOINT_STEPS = 250
VALIDATION_PATCHES = 512
VALIDATION_SEED = 990_000_001
SETTLING_PATCHES = 1536
SETTLING_SEED = 880_000_001
START_PATCHES = 512


class Block(nn.Sequential):
    """Two convolutions with batch normalisation."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__(
            nn.Conv2d(n_in, n_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(inplace=True),
            nn.Conv2d(n_out, n_out, 3, padding=1, bias=False),
            nn.BatchNorm2d(n_out),
            nn.ReLU(inplace=True),
        )


class OutlineNet(nn.Module):
    """A small U-Net: channels of a patch to the logit of lying within the nerve."""

    def __init__(self) -> None:
        super().__init__()
        ins = (CHANNELS, *WIDTHS[:-1])
        self.down = nn.ModuleList(Block(a, b) for a, b in zip(ins, WIDTHS, strict=True))
        self.up = nn.ModuleList(Block(a + b, a) for a, b in pairwise(WIDTHS))
        self.head = nn.Conv2d(WIDTHS[0], 1, 1)
        nn.init.constant_(self.head.bias, RARE_LOGIT)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return (batch, n, n) logits."""
        kept: list[torch.Tensor] = []
        for depth, block in enumerate(self.down):
            x = block(functional.max_pool2d(x, 2) if depth else x)
            kept.append(x)
        for depth in reversed(range(len(self.up))):
            x = functional.interpolate(x, scale_factor=2.0, mode="nearest")
            x = self.up[depth](torch.cat([x, kept[depth]], dim=1))
        return self.head(x)[:, 0]


class Patches(torch.utils.data.Dataset):
    """Patch k of a run: channels and truth."""

    def __init__(self, seed: int, first: int, count: int) -> None:
        self.seed, self.first, self.count = seed, first, count
        self.settings = load_patch_settings()

    def __len__(self) -> int:
        return self.count

    def __getitem__(self, k: int) -> tuple[np.ndarray, np.ndarray, float]:
        patch = draw_patch(np.random.default_rng([self.seed, self.first + k]), self.settings)
        seen = network_input(
            patch.image,
            patch.seed_ij,
            expected_area_mm2=patch.expected_area_mm2,
            pixel_mm=patch.pixel_mm,
            voxel_mm=patch.voxel_mm,
        )
        return seen, patch.truth, patch.area_mm2 / patch.pixel_mm**2


def loss_of(logits: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
    """Return cross-entropy per nerve pixel, half a soft Dice loss and a small loss of the log area."""
    share = torch.sigmoid(logits)
    found, true = share.sum(dim=(1, 2)), truth.sum(dim=(1, 2))
    entropy = functional.binary_cross_entropy_with_logits(logits, truth, reduction="none").sum(dim=(1, 2))
    overlap = 2 * (share * truth).sum(dim=(1, 2)) / ((share**2).sum(dim=(1, 2)) + (truth**2).sum(dim=(1, 2)) + 1)
    area = torch.log((found + 5) / (true + 5)).abs()
    return (entropy / (true + 40) + 0.5 * (1 - overlap) + 0.1 * area).mean()


def rate_at(step: int, steps: int, highest: float) -> float:
    """Return the learning rate: a short rise, a plateau, and a cosine fall to nothing."""
    falling = max(0.0, (step - (1 - FALLING_SHARE) * steps) / (FALLING_SHARE * steps))
    return float(highest * min(1.0, (step + 1) / WARM_STEPS) * 0.5 * (1 + np.cos(np.pi * min(1.0, falling))))


def settled(net: nn.Module) -> nn.Module:
    """Return a copy for use: the statistics of its normalisation are those of its own weights, not an older mean."""
    own = copy.deepcopy(net)
    for layer in own.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.reset_running_stats()
            layer.momentum = None
    own.train()
    with torch.no_grad():
        for seen, _, _ in torch.utils.data.DataLoader(Patches(SETTLING_SEED, 0, SETTLING_PATCHES), batch_size=64):
            own(seen)
    return own.eval()


def read_weights(net: OutlineNet, source: Path) -> None:
    """Fill a network with the weights of an ONNX file of it, whose normalisations were folded into the convolutions.

    Each normalisation gets the statistics of its own input, and a gain and an offset that undo them.
    """
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(source)).graph
    stored = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in graph.initializer}
    folded = [[stored[name] for name in node.input[1:]] for node in graph.node if node.op_type == "Conv"]
    layers = [m for part in (*net.down, *reversed(net.up), net.head) for m in part.modules()]
    convolutions = [m for m in layers if isinstance(m, nn.Conv2d)]
    norms = [m for m in layers if isinstance(m, nn.BatchNorm2d)]
    with torch.no_grad():
        for convolution, (weight, bias) in zip(convolutions, folded, strict=True):
            convolution.weight.copy_(weight)
            if convolution.bias is not None:
                convolution.bias.copy_(bias)
        for norm, (_, bias) in zip(norms, folded[:-1], strict=True):
            norm.bias.copy_(bias)
            norm.running_var.fill_(1 - norm.eps)
        seen: dict[nn.Module, list[torch.Tensor]] = {norm: [] for norm in norms}
        hooks = [n.register_forward_hook(lambda m, x, _: seen[m].append(_moments(x[0]))) for n in norms]
        net.eval()
        for patches, _, _ in torch.utils.data.DataLoader(Patches(SETTLING_SEED, 0, START_PATCHES), batch_size=64):
            net(patches)
        for norm, hook in zip(norms, hooks, strict=True):
            hook.remove()
            mean, square = torch.stack(seen[norm]).mean(dim=0)
            norm.running_mean.copy_(mean)
            norm.running_var.copy_(square - mean**2)
            norm.weight.copy_(torch.sqrt(norm.running_var + norm.eps))
            norm.bias.add_(mean)


def _moments(x: torch.Tensor) -> torch.Tensor:
    return torch.stack([x.mean(dim=(0, 2, 3)), (x**2).mean(dim=(0, 2, 3))])


def validate(net: nn.Module) -> dict[str, float]:
    """Return measures on the same fresh patches every time."""
    net = settled(net)
    loader = torch.utils.data.DataLoader(Patches(VALIDATION_SEED, 0, VALIDATION_PATCHES), batch_size=64)
    dice, error, losses = [], [], []
    with torch.no_grad():
        for seen, truth, area in loader:
            logits = net(seen)
            share = torch.sigmoid(logits)
            losses.append(float(loss_of(logits, truth)))
            whole, true = (share > 0.5).float(), (truth > 0.5).float()
            dice += (2 * (whole * true).sum((1, 2)) / (whole.sum((1, 2)) + true.sum((1, 2)) + 1e-6)).tolist()
            error += (share.sum((1, 2)) / area - 1).tolist()
    return {
        "loss": float(np.mean(losses)),
        "dice_mean": float(np.mean(dice)),
        "dice_median": float(np.median(dice)),
        "area_error_median": float(np.median(np.abs(error))),
        "area_bias_median": float(np.median(error)),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What to train: to how many steps, on which patches, at which highest rate, from which weights."""

    steps: int
    seed: int
    rate: float
    start: Path | None


def train(work: Path, plan: Plan) -> None:
    """Train from the last checkpoint, if any, to the given number of steps."""
    steps, seed = plan.steps, plan.seed
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    net, mean_net = (OutlineNet().to(memory_format=torch.channels_last) for _ in range(2))
    optimiser = torch.optim.AdamW(net.parameters(), lr=plan.rate, weight_decay=1e-3)
    start = 0
    if (work / "last.pt").exists():
        state = torch.load(work / "last.pt", weights_only=True)
        net.load_state_dict(state["net"])
        mean_net.load_state_dict(state["mean_net"])
        optimiser.load_state_dict(state["optimiser"])
        start = state["step"]
    else:
        if plan.start is not None:
            read_weights(net, plan.start)
        mean_net.load_state_dict(net.state_dict())
        note(work, {"step": 0, **validate(mean_net)})
    data = Patches(seed, start * BATCH, (steps - start) * BATCH)
    loader = torch.utils.data.DataLoader(data, batch_size=BATCH, num_workers=1, prefetch_factor=8)
    begun, seen_loss = time.monotonic(), 0.0
    for step, (seen, truth, _) in enumerate(loader, start):
        seen_loss += one_step(net, optimiser, (seen, truth), rate_at(step, steps, plan.rate))
        follow(mean_net, net, min(AVERAGE_DECAY, (step + 1) / (step + 10)))
        done = step + 1
        if done % 100 == 0:
            note(work, {"step": done, "train_loss": seen_loss / 100, "seconds": time.monotonic() - begun})
            seen_loss = 0.0
        if done % CHECKPOINT_STEPS == 0 or done == steps:
            save(work, {"step": done, **_states(net=net, mean_net=mean_net, optimiser=optimiser)})
        if done % 2000 == 0 or done == steps:
            note(work, {"step": done, **validate(mean_net)})


def one_step(
    net: nn.Module,
    optimiser: torch.optim.Optimizer,
    batch: tuple[torch.Tensor, torch.Tensor],
    rate: float,
) -> float:
    """Learn from one batch and return the loss."""
    net.train()
    for group in optimiser.param_groups:
        group["lr"] = rate
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = net(batch[0].contiguous(memory_format=torch.channels_last))
    loss = loss_of(logits.float(), batch[1])
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    return float(loss.detach())


@torch.no_grad()
def follow(mean_net: nn.Module, net: nn.Module, keep: float) -> None:
    """Move the mean network towards the one in training."""
    for mean, new in zip(mean_net.state_dict().values(), net.state_dict().values(), strict=True):
        if mean.dtype.is_floating_point:
            mean.lerp_(new, 1 - keep)
        else:
            mean.copy_(new)


def _states(**parts: nn.Module | torch.optim.Optimizer) -> dict[str, object]:
    return {name: part.state_dict() for name, part in parts.items()}


def save(work: Path, state: dict[str, object]) -> None:
    """Write a checkpoint so that a kill at any time leaves a whole one."""
    torch.save(state, work / "next.pt")
    (work / "next.pt").replace(work / "last.pt")


def note(work: Path, line: dict[str, float]) -> None:
    """Append one line to the log."""
    with (work / "log.jsonl").open("a") as log:
        log.write(json.dumps({k: round(v, 4) for k, v in line.items()}) + "\n")


def export(work: Path, target: Path) -> None:
    """Write the mean network as one ONNX file: ``patches`` (batch, 5, 64, 64) to ``share`` (batch, 64, 64)."""
    state = torch.load(work / "last.pt", weights_only=True)
    net = OutlineNet()
    net.load_state_dict(state["mean_net"])
    whole = nn.Sequential(settled(net), nn.Sigmoid()).eval()
    torch.onnx.export(
        whole,
        (torch.zeros(2, CHANNELS, PATCH_PIXELS, PATCH_PIXELS),),
        str(target),
        input_names=["patches"],
        output_names=["share"],
        dynamic_axes={"patches": {0: "batch"}, "share": {0: "batch"}},
        opset_version=17,
        dynamo=False,
    )


def main() -> None:
    """Read the command line and train or export."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of checkpoints and log")
    parser.add_argument("--steps", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=LEARNING_RATE, help="highest learning rate")
    parser.add_argument("--start", type=Path, help="weights (ONNX) to begin with where there is no checkpoint yet")
    parser.add_argument("--export", type=Path, help="write the last checkpoint there instead of training")
    given = parser.parse_args()
    given.work.mkdir(parents=True, exist_ok=True)
    if given.export is None:
        train(given.work, Plan(steps=given.steps, seed=given.seed, rate=given.rate, start=given.start))
    else:
        export(given.work, given.export)


if __name__ == "__main__":
    main()
