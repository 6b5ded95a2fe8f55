"""Rules of torch's functions and of tensors' methods, by family.

Sources: https://docs.pytorch.org/docs/stable/torch.html
"""

FAMILIES = (
    "elementwise",
    "arithmetic",
    "views",
    "joining",
    "creating",
    "reductions",
    "copies",
    "sizing",
    "subscripts",
    "indexing",
    "pools",
    "parts",
    "algebra",
    "layered",
    "space",
    "losses",
    "convolutions",
    "einsum",
    "spectral",
)
"""The modules that have rules, in the order in which a rule is looked for: those first that most
programs need."""
