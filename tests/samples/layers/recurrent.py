"""Samples of recurrent layers."""

from __future__ import annotations

from tests.samples.drawing import LAYER_SAMPLES, Draw, Given, given, typed


@LAYER_SAMPLES("RNN GRU LSTM", 64)
def recurrent(name: str, r: Draw) -> Given:
    features, hidden, layers = r.one(3, 5), r.one(4, 6), r.one(1, 1, 2)
    ways, first, batched = r.chance(0.3), r.chance(0.5), r.chance(0.8)
    projected = r.one(0, 0, 2) if name == "LSTM" else 0
    length, batch = r.one(2, 4), r.one(2, 3)
    shape = [batch, length, features] if first else [length, batch, features]
    shape = shape if batched else [length, features]
    shape[-1] = r.off(shape[-1], 1)
    args = [str(features), str(hidden), str(layers)]
    args += ["batch_first=True"] * first + ["bidirectional=True"] * ways
    args += [f"proj_size={projected}"] if projected else []
    inputs, call = [typed(shape, r.one("", "", "", "", "int"))], ""
    if r.chance(0.4):
        rows = layers * (2 if ways else 1)
        states = [[rows, *([batch] if batched else []), projected or hidden]]
        if name == "LSTM":
            states.append([rows, *([batch] if batched else []), hidden])
        inputs += [typed(r.same(each, 0.2)) for each in states]
        call = "layer(x, (y, z))" if name == "LSTM" else "layer(x, y)"
    return given(", ".join(args), *inputs, call=call)


@LAYER_SAMPLES("RNNCell GRUCell LSTMCell", 48)
def cell(name: str, r: Draw) -> Given:
    features, hidden, batch = r.one(3, 5), r.one(4, 6), r.one(2, 3)
    head = [batch] if r.chance(0.8) else []
    if r.chance(0.08):
        head = [2, *head, 2]
    inputs, call = [typed([*head, r.off(features, 1)], r.one("", "", "", "int"))], ""
    if r.chance(0.5):
        states = [r.same([*head, hidden], 0.2) for _ in range(2 if name == "LSTMCell" else 1)]
        inputs += map(typed, states)
        call = "layer(x, (y, z))" if name == "LSTMCell" else "layer(x, y)"
    return given(f"{features}, {hidden}{r.one('', ', bias=False')}", *inputs, call=call)
