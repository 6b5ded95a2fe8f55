"""Recurrent layers and their states, embeddings of ints."""

from __future__ import annotations

from tests.soundness.maker import Maker
from tests.soundness.steps import step


@step(2, 3)
def recurrent(m: Maker) -> None:
    """Two results, the second of which is a tuple of an lstm."""
    hidden, ways, layers = m.pick(3, 5), m.pick(1, 2), m.pick(1, 1, 2)
    kind, first = m.pick("lstm", "gru", "rnn"), m.chance(0.6)
    text = f"{kind} {m.number(m.shape[-1])} {m.number(hidden)}"
    if layers > 1:
        text += f" num_layers={m.number(layers)}"
    if first:
        text += " batch_first=True"
    if ways == 2:
        text += " bidirectional=True"
    out = hidden
    if kind == "lstm" and m.chance(0.2):
        out = 2
        text += f" proj_size={m.number(out)}"
    name = m.child(text)
    batch = [] if len(m.shape) == 2 else [m.shape[0 if first else 1]]
    state = ""
    if m.chance(0.4):
        rows = layers * ways
        h = f"zeros({', '.join(map(m.number, [rows, *batch, out]))})"
        c = f"zeros({', '.join(map(m.number, [rows, *batch, hidden]))})"
        state = f", ({h}, {c})" if kind == "lstm" else f", {h}"
    if kind == "lstm" and m.chance(0.6):
        m.lines.append(f"    y, (h, c) = {name}(x{state})")
        if m.chance(0.6):
            m.results += [m.keep("h"), m.keep("c")]
    else:
        m.lines.append(f"    y, h = {name}(x{state})")
        if kind != "lstm" and m.chance(0.6):
            m.results.append(m.keep("h"))
    m.say("y", [*m.shape[:-1], out * ways])


@step(1, 2)
def cell(m: Maker) -> None:
    hidden, kind = m.pick(3, 5), m.pick("lstm", "gru", "rnn")
    name = m.child(f"{kind}_cell {m.number(m.shape[-1])} {m.number(hidden)}")
    shape = [*m.shape[:-1], hidden]
    state = f"zeros({', '.join(map(m.number, shape))})"
    if kind == "lstm":
        m.lines.append(f"    h, c = {name}(x{m.pick('', f', ({state}, {state})')})")
        m.say("h + c", shape)
    else:
        m.say(f"{name}(x{m.pick('', f', {state}')})", shape)


@step(3)
def steps_of_a_cell(m: Maker) -> None:
    """A loop over the tokens, a state that is carried, a list of what came out."""
    batch, length, width = m.shape
    hidden = m.pick(3, 4)
    name = m.child(f"gru_cell {m.number(width)} {m.number(hidden)}")
    m.lines += [
        f"    h = zeros({m.number(batch)}, {m.number(hidden)})",
        "    out = []",
        f"    for i in range({length}) {{",
        f"      h = {name}(x[:, i], h)",
        "      out.append(h)",
        "    }",
    ]
    m.say(f"stack(out, {m.place(1)})", [batch, length, hidden])


def words(m: Maker) -> None:
    """Ints that look rows up, with positions; `x` is what is found."""
    batch, length, width = m.pick(2, 3), m.pick(3, 4, 6), m.pick(4, 6, 8)
    count = m.pick(5, 9)
    ids = m.given([batch, length], "int", "ids")
    table = m.child(f"embedding {count} {m.number(width)}")
    found = f"{table}(ids)"
    if m.chance(0.4):
        places = m.child(f"embedding {length + 4} {m.number(width)}")
        found += f" + {places}(arange({m.number(length)}))"
    elif m.chance(0.3):
        m.children.append(f"  param pos: [1, {length}, {width}] ~ normal(std=0.02)")
        found += " + self.pos"
    m.lines.append(f"    x = {found}")
    m.became([batch, length, width])
    if m.chance(0.2):
        one = m.child(f"embedding_bag {count} {m.number(width)}")
        m.results.append(m.keep(f"{one}({ids})"))
