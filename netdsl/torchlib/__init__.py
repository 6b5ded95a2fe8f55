"""What torch offers, as data: signatures recorded from torch, and which names programs may use.

Nothing here imports torch but `record`, which writes the data.
"""

from netdsl.torchlib.layer_class import (
    LayerClass,
    has_attribute,
    has_part,
    is_layer_attribute,
    is_layer_parameter,
    kept_name,
    layer,
    layer_names,
    layers,
    names_parameter,
    reserved_names,
)
from netdsl.torchlib.python_values import (
    MathMember,
    math_member,
    math_names,
    python_attribute,
    python_attributes,
    python_method,
    python_methods,
)
from netdsl.torchlib.signature import Signature, SignatureParameter
from netdsl.torchlib.tensor_names import (
    TorchFunction,
    attribute,
    function,
    function_names,
    method,
    method_names,
    method_refusal,
    namespaces,
    refusal,
    result_field,
    scheme,
    scheme_names,
    value,
)

__all__ = [
    "LayerClass",
    "MathMember",
    "Signature",
    "SignatureParameter",
    "TorchFunction",
    "attribute",
    "function",
    "function_names",
    "has_attribute",
    "has_part",
    "is_layer_attribute",
    "is_layer_parameter",
    "kept_name",
    "layer",
    "layer_names",
    "layers",
    "math_member",
    "math_names",
    "method",
    "method_names",
    "method_refusal",
    "names_parameter",
    "namespaces",
    "python_attribute",
    "python_attributes",
    "python_method",
    "python_methods",
    "refusal",
    "reserved_names",
    "result_field",
    "scheme",
    "scheme_names",
    "value",
]
