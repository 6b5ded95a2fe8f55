"""Rules of torch.nn's layers, by family."""

FAMILIES = (
    "plain",
    "convolutions",
    "pools",
    "space",
    "recurrent",
    "attention",
    "arranged",
    "losses",
)
"""The modules that have rules, in the order in which a rule is looked for: those first that most
programs need."""
