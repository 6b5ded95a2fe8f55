"""Rules of losses: those of the functions that they call.

Sources: https://docs.pytorch.org/docs/stable/nn.html#loss-functions
"""

from __future__ import annotations

from netdsl.checking.rules import FUNCTIONS, LAYERS, Call, Rule
from netdsl.checking.values import Value

FUNCTIONS_OF = {
    "L1Loss": "l1_loss",
    "MSELoss": "mse_loss",
    "SmoothL1Loss": "smooth_l1_loss",
    "HuberLoss": "huber_loss",
    "BCELoss": "binary_cross_entropy",
    "BCEWithLogitsLoss": "binary_cross_entropy_with_logits",
    "KLDivLoss": "kl_div",
    "PoissonNLLLoss": "poisson_nll_loss",
    "SoftMarginLoss": "soft_margin_loss",
    "HingeEmbeddingLoss": "hinge_embedding_loss",
    "CrossEntropyLoss": "cross_entropy",
    "NLLLoss": "nll_loss",
    "GaussianNLLLoss": "gaussian_nll_loss",
    "CosineEmbeddingLoss": "cosine_embedding_loss",
    "MarginRankingLoss": "margin_ranking_loss",
    "TripletMarginLoss": "triplet_margin_loss",
}
_INPUTS = {
    "GaussianNLLLoss": "input target var",
    "CosineEmbeddingLoss": "input1 input2 target",
    "MarginRankingLoss": "input1 input2 target",
    "TripletMarginLoss": "anchor positive negative",
}


def _rule_of(function: str) -> Rule:
    def rule(call: Call) -> Value:
        entry = FUNCTIONS[function]
        settings = {
            name: call.settings[name] for name, _ in entry.parameters if name in call.settings
        }
        return entry.rule(
            Call(call.name, call.sizes, {**dict(entry.parameters), **settings, **call.given})
        )

    return rule


for _layer, _function in FUNCTIONS_OF.items():
    LAYERS(_layer, _INPUTS.get(_layer, "input target"))(_rule_of(_function))
