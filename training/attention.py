"""Attention for training on a CPU, several times as fast as torch's own kernels at this size.

Torch's fused kernel spends nearly half of a training step on heads of 32 numbers. Plain batched
products in the autocast's bfloat16, with the backward pass written out (Dao et al. 2022, section
3), cost a fraction; a few hundred tokens squared fit the cache.
"""

import math
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable
from transformers import AttentionInterface
from transformers.masking_utils import AttentionMaskInterface, eager_mask

NAME = "triage_plain"


class _Attend(torch.autograd.Function):
    """Queries, keys and values are (texts, heads, tokens, width); ``mask`` is added to scores."""

    @staticmethod
    def forward(
        context: Any, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None
    ) -> Tensor:
        query = query * (1 / math.sqrt(query.shape[-1]))
        scores = query @ key.transpose(-1, -2)
        if mask is not None:
            scores += mask
        shares = torch.softmax(scores, dim=-1)
        mixed = shares @ value
        context.save_for_backward(query, key, value, shares, mixed)
        return mixed

    @staticmethod
    @once_differentiable
    def backward(context: Any, grown: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        query, key, value, shares, mixed = context.saved_tensors
        to_value = shares.transpose(-1, -2) @ grown
        scores = grown @ value.transpose(-1, -2)
        scores.sub_((grown * mixed).sum(-1, keepdim=True)).mul_(shares)
        to_query = (scores @ key).mul_(1 / math.sqrt(query.shape[-1]))
        return to_query, scores.transpose(-1, -2) @ query, to_value, None


def attend(
    _module: torch.nn.Module,
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attention_mask: Tensor | None,
    **_settings: Any,
) -> tuple[Tensor, None]:
    """What transformers calls for each layer; gives (texts, tokens, heads, width)."""
    mask = None if attention_mask is None else attention_mask.to(query.dtype)
    with torch.autocast(query.device.type, enabled=False):
        mixed: Tensor = _Attend.apply(query, key, value, mask)  # type: ignore[no-untyped-call]
    return mixed.transpose(1, 2).contiguous(), None


AttentionInterface.register(NAME, attend)
AttentionMaskInterface.register(NAME, eager_mask)
