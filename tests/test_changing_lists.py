"""Lists and dicts that change in place, wherever they are held: what is known of them is what
Python makes of them, and what cannot be known is not guessed."""

from __future__ import annotations

import pytest
import torch

import netdsl
from tests.generated import load

HELPERS = """
def take(found: list[tensor]) -> tensor { return found.pop() }
def put(found: list[tensor], x: tensor) { found.append(x); }
def put_other(found: list[tensor], x: tensor) { found = [*found, x]; found.append(x); }
def put_both(found: list[tensor], x: tensor) -> list[tensor] { found.append(x); return found }
def put_if(found: list[tensor], x: tensor) { if x.sum() > 0 { found.append(x) } }
def leave(found: list[tensor], x: tensor) -> tensor {
  if len(found) > 1 { return found.pop() }
  found.append(x)
  return x
}
def deeper(found: list[tensor], n: int) -> tensor {
  if n > 0 { return deeper(found, n - 1) }
  return found.pop()
}
def of_dict(found, x: tensor) { found["a"].append(x); }
def unsaid(found, x) { found.append(x); }
"""

KNOWN = {
    "a call takes from a list": "a = [wide, x]; take(a); return a[-1]",
    "and gives what it took": "a = [x, wide]; y = take(a); return y",
    "a call puts into a list": "a = [x]; put(a, wide); return a[-1]",
    "a call of which nothing is said": "a = [x]; unsaid(a, wide); return a[-1]",
    "a call builds another list": "a = [wide]; put_other(a, x); return a[-1]",
    "a list under two names": "a = [x]; b = a; b.append(wide); return a[-1]",
    "two lists that are equal": "a = [x, wide]; b = [x, wide]; a.pop(); return b[-1]",
    "a list that is given back": "a = [x]; b = put_both(a, x); b.append(wide); return a[-1]",
    "more in place": "a = [x]; b = a; a += [wide]; return b[-1]",
    "more, but elsewhere": "a = [wide]; b = a; a = a + [x]; return b[-1]",
    "a list in a list": "a = [[x], [x]]; a[0].append(wide); return a[0][-1]",
    "a list in a tuple": "a = [x]; b = (a, x); put(b[0], wide); return a[-1]",
    "a list in a dict": 'a = {"a": [x]}; a["a"].append(wide); return a["a"][-1]',
    "a dict that a call changes": 'b = [x]; a = {"a": b}; of_dict(a, wide); return b[-1]',
    "a dict under two names": 'a = {"y": x}; b = a; b["y"] = wide; return a["y"]',
    "turns of a comprehension": "a = [wide, x, x]; b = [a.pop() for _ in range(2)]; return a[-1]",
    "each turn takes its own": "a = [x, wide]; b = [a.pop() for _ in range(2)]; return b[0]",
    "calls in a comprehension": "a = [x, wide]; b = [take(a) for _ in range(2)]; return b[0]",
    "a loop": "a = [wide, x, x]; for _ in range(2) { take(a) }; return a[-1]",
    "two ways that do the same": "a = [x]; b = a; if x.sum() > 0 { put(a, wide) } else { put(a, wide) }; return b[-1]",
    "one of two exits": "a = [wide, x]; y = leave(a, x); return a[-1]",
    "calls in calls": "a = [wide, x]; y = deeper(a, 3); return a[-1]",
    "from the front": "a = [wide, x]; b = a; take(b); y = a.pop(0); return y",
    "the other way round": "a = [wide, x]; b = a; b.reverse(); return a[-1]",
    "a copy": "a = [wide]; b = a.copy(); b.append(x); return a[-1]",
    "one of two values": "a = [wide, wide]; y = a.pop() if x.sum() > 0 else x; return a[-1]",
    "what may not be asked": "a = [wide]; y = x.sum() > 0 and len(put_both(a, wide)) > 1; return a[-1]",
    "what one way alone does": "a = [wide]; put_if(a, wide); return a[-1]",
    "any number of rounds": "a = [wide]; for _ in range(int(x.sum())) { a.append(wide) }; return a[-1]",
    "a list of any length": "a = [wide for _ in range(int(x.sum() ** 2) + 1)]; a.append(wide); a.insert(0, wide); a.reverse(); a.extend([wide]); return a.pop()",
    "a copy of any length": "a = [wide for _ in range(int(x.sum() ** 2) + 1)]; b = a.copy(); b.append(x); return a[-1]",
    "a value in the middle": "a = [x]; a += [take(a), wide]; return a[-1]",
}
"""Statements that return `wide`, by a way that is followed to its end."""

UNKNOWN = {
    "what a round after the first puts in": "a = [wide]; y = wide; for _ in range(int(x.sum())) { a.append(y); y = x }; return a[0]",
    "what one way alone puts in": "a = [wide]; if x.sum() > 0 { a.append(x) }; return a[0]",
    "one list of several": "a = [[wide] for _ in range(int(x.sum() ** 2) + 1)]; a[0].append(x); return a[-1][-1]",
    "a list that is emptied": "a = [x]; a.clear(); a.append(wide); return a[-1]",
    "a parameter that is not known": "a = [wide]; act(a); return a[-1]",
}
"""The same, but nothing is known of what they return."""


def program(statements: str, declared: str) -> str:
    head = "module M(act: module) { def forward(x: [2, 3]) -> " + declared + " {"
    return f"{HELPERS}\n{head} wide = cat([x, x], 1); {statements} }} }}"


def findings(text: str) -> list[str]:
    return [each.code for each in netdsl.check(text) if each.severity == "error"]


@pytest.mark.parametrize("statements", [*KNOWN.values(), *UNKNOWN.values()])
def test_what_runs_is_not_refused(statements: str) -> None:
    text = program(statements, "[2, 6]")
    assert findings(text) == []
    assert load(text).M(len)(torch.ones(2, 3)).shape == (2, 6)


@pytest.mark.parametrize("statements", KNOWN.values(), ids=KNOWN)
def test_what_is_known_is_held_to_it(statements: str) -> None:
    assert "shape-mismatch" in findings(program(statements, "[2, 3]"))


@pytest.mark.parametrize("statements", UNKNOWN.values(), ids=UNKNOWN)
def test_what_is_not_known_is_not_guessed(statements: str) -> None:
    assert findings(program(statements, "[2, 3]")) == []
