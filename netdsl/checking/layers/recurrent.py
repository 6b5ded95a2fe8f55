"""Rules of recurrent layers and their cells.

Sources: https://docs.pytorch.org/docs/stable/nn.html#recurrent-layers
"""

from __future__ import annotations

from netdsl.checking.layers.common import refuse_ints
from netdsl.checking.rules import LAYERS, Call
from netdsl.checking.sizes import Mismatch
from netdsl.checking.values import UNKNOWN, Items, Tensor, Value
from netdsl.shapes.dimension import Dimension
from netdsl.shapes.shape import ANY, Axis, Shape, spelled


def _wants_features(call: Call, shape: Shape) -> None:
    wanted = call.sizes.known(call.size("input_size"))
    if not call.sizes.fits(shape, -1, wanted):
        message = f"`{call.name}` wants {spelled(wanted)} features, but gets {shape}"
        raise Mismatch(message, "make the two sizes equal.")


@LAYERS("RNN GRU LSTM", "input hx=None")
def recurrent(call: Call) -> Value:
    shape = call.shape("input")
    refuse_ints(call, call.tensor("input"))
    call.wants_rank(shape, 2, 3)
    _wants_features(call, shape)
    if shape.rank is None:
        return UNKNOWN
    hidden, projected = call.size("hidden_size"), call.size("proj_size")
    ways, layers = call.flag("bidirectional"), call.size("num_layers")
    if ways is None or hidden is None or layers is None:
        return UNKNOWN
    both = 2 if ways else 1
    given = call.sizes.number(projected)
    out = projected if call.name == "lstm" and given else hidden
    assert out is not None
    batch: tuple[Axis, ...] = ()
    first = call.flag("batch_first")
    if shape.rank == 3:
        if first is None:
            return UNKNOWN
        batch = (shape.axis(0 if first else 1),)
    steps = shape.axis(1 if batch and first else 0)
    if not call.sizes.at_least(steps, 1):
        raise Mismatch(f"`{call.name}` gets a sequence without steps: {shape}")
    states = [Shape((layers * both, *batch, out))]
    if call.name == "lstm":
        states.append(Shape((layers * both, *batch, hidden)))
    _hold_states(call, states)
    output = Tensor(shape.replaced(-1, [out * both]) or ANY, "float")
    return Items((output, _states(call, states)), "tuple")


@LAYERS("RNNCell GRUCell LSTMCell", "input hx=None")
def cell(call: Call) -> Value:
    shape = call.shape("input")
    refuse_ints(call, call.tensor("input"))
    call.wants_rank(shape, 1, 2)
    _wants_features(call, shape)
    state = shape.replaced(-1, [call.size("hidden_size")])
    if state is None:
        return _states(call, [ANY, ANY] if call.name == "lstm_cell" else [ANY])
    states = [state, state] if call.name == "lstm_cell" else [state]
    _hold_states(call, states)
    return _states(call, states)


def _states(call: Call, states: list[Shape]) -> Value:
    found = tuple(Tensor(each, "float") for each in states)
    return Items(found, "tuple") if call.name.startswith("lstm") else found[0]


def _hold_states(call: Call, wanted: list[Shape]) -> None:
    """
    Raises:
        Mismatch: the states that it begins with have other sizes.
    """
    given = call.given.get("hx")
    found = list(given.elements) if isinstance(given, Items) else [given]
    if call.name.startswith("lstm") and isinstance(given, Tensor):  # along its first axis
        rank = wanted[0].rank
        if None not in (rank, given.shape.rank) and given.shape.rank != (rank or 0) + 1:
            raise Mismatch(
                f"`{call.name}` begins with two states, but gets one, {given}",
                "give both in brackets: `(h, c)`.",
            )
        return
    for value, shape in zip(found, wanted, strict=False):
        if not isinstance(value, Tensor):
            continue
        refuse_ints(call, value)
        if not call.sizes.same_shape(value.shape, shape):
            known = Shape(tuple(call.sizes.known(_axis(part)) for part in shape.parts))
            raise Mismatch(
                f"`{call.name}` begins with a state {known} here, but gets {value}",
                "make the state of the batch and the sizes of the layer.",
            )


def _axis(part: object) -> Axis:
    return part if isinstance(part, Dimension) else None
