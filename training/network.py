"""The network: a small BERT, read by one attention pool a signal, with an ordinal anger head."""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertConfig, BertModel

from training import attention
from training.config import Stage
from triage.types import SIGNALS

EMOTIONS = 28
ANGER_LEVELS = 3


class SignalNetwork(nn.Module):
    """Token ids to logits.

    Every signal looks for its own words: its query weighs the tokens (softmax), and the
    weighted mean is read together with the plain mean. Queries start at zero, which is mean
    pooling, what the base model was trained with. The three anger logits fall from level to
    level by construction, so P(irate) <= P(angry) <= P(upset).
    """

    def __init__(self, encoder: nn.Module, width: int) -> None:
        super().__init__()
        self.encoder = encoder
        self.queries = nn.Parameter(torch.zeros(len(SIGNALS), width))
        self.found = nn.Parameter(torch.randn(len(SIGNALS), width) * 0.02)
        self.overall = nn.Linear(width, len(SIGNALS))
        self.emotion = nn.Linear(width, EMOTIONS + 1)
        self.dropout = nn.Dropout(0.1)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """``ids`` and ``mask``: (batch, tokens). Gives (batch, 11) signal and (batch, 29)
        emotion logits: GoEmotions' 28 and, last, its anger group."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        keep = mask.unsqueeze(-1).to(hidden.dtype)
        mean = (hidden * keep).sum(1) / keep.sum(1)
        weights = hidden @ self.queries.T + (1.0 - keep) * -1e4
        pooled = torch.softmax(weights, dim=1).transpose(1, 2) @ hidden
        found = (self.dropout(pooled) * self.found).sum(-1)
        mean = self.dropout(mean)
        return ordinal(found + self.overall(mean)), self.emotion(mean)


def ordinal(raw: Tensor) -> Tensor:
    """Turn the first three logits into falling ones: each next is the last less a positive step."""
    upset = raw[:, 0:1]
    angry = upset - nn.functional.softplus(raw[:, 1:2])
    irate = angry - nn.functional.softplus(raw[:, 2:3])
    return torch.cat([upset, angry, irate, raw[:, ANGER_LEVELS:]], dim=1)


def build(base: Path) -> SignalNetwork:
    """A network on the base model in folder ``base`` (config.json, model.safetensors).

    Attention has no dropout: it costs a sixth of a step, and the figures do not need it.
    """
    settings = BertConfig.from_pretrained(base, attention_probs_dropout_prob=0.0)
    encoder = BertModel.from_pretrained(
        base, config=settings, add_pooling_layer=False, attn_implementation=attention.NAME
    )
    return SignalNetwork(encoder, settings.hidden_size)


def rate_groups(network: SignalNetwork, stage: Stage) -> list[dict[str, object]]:
    """Optimiser groups: the lower the layer, the smaller the rate. Word embeddings and the
    lowest ``stage.frozen`` layers stay as they are: a few thousand mails would move only the
    words they happen to hold."""
    layers: list[nn.Module] = list(network.encoder.encoder.layer)  # type: ignore[union-attr, arg-type]
    for part in (network.encoder.embeddings, *layers[: stage.frozen]):
        part.requires_grad_(False)
    groups: list[dict[str, object]] = [
        {
            "params": list(layer.parameters()),
            "lr": stage.rate * stage.layer_decay ** (len(layers) - 1 - depth),
        }
        for depth, layer in enumerate(layers)
        if depth >= stage.frozen
    ]
    encoder = {id(p) for p in network.encoder.parameters()}
    head = [p for p in network.parameters() if id(p) not in encoder]
    return [*groups, {"params": head, "lr": stage.head_rate}]
