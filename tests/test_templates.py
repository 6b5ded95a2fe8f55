"""The templates translated to Python render what Jinja renders."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from netdsl.emit import rendering
from netdsl.emit.translating import python_of

JINJA = Environment(
    loader=FileSystemLoader(rendering.TEMPLATES),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    autoescape=False,
)

TEXTS = st.text("ab\n {}%", max_size=5)
LINES = st.lists(TEXTS, max_size=3)

VALUES: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "class.py.jinja": st.fixed_dictionaries(
        {
            "header": TEXTS,
            "doc": TEXTS,
            **dict.fromkeys(("decorators", "attributes", "functions", "late"), LINES),
        }
    ),
    "function.py.jinja": st.fixed_dictionaries(
        {
            "header": TEXTS,
            "doc": TEXTS,
            "body": st.lists(
                st.fixed_dictionaries({"text": TEXTS, "nested": st.booleans()}), max_size=4
            ),
        }
    ),
    "module.py.jinja": st.fixed_dictionaries(
        {
            "imports": st.lists(LINES, max_size=3),
            "definitions": st.lists(
                st.fixed_dictionaries({"text": TEXTS, "block": st.booleans()}), max_size=4
            ),
        }
    ),
}


def test_all_templates_are_held_against_jinja() -> None:
    assert rendering.names() == sorted(VALUES)


@pytest.mark.parametrize("name", VALUES)
@given(data=st.data())
def test_a_template_renders_what_jinja_renders(name: str, data: st.DataObject) -> None:
    values = data.draw(VALUES[name])
    assert rendering.render(name, **values) == JINJA.get_template(name).render(values).rstrip("\n")


@pytest.mark.parametrize(
    "template",
    ["{{ a | upper }}", "{{ loop.index }}", "{% set a = 1 %}", "{% for a, b in c %}{% endfor %}"],
)
def test_what_is_not_translated_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="is not translated"):
        python_of(template)


def test_the_stored_templates_are_those_of_the_templates() -> None:
    stored = Path(rendering.PREBUILT).read_bytes()
    assert stored == rendering.made(), "run python -m netdsl.emit.rendering"


@pytest.mark.parametrize(
    "stored", [b"", b"no tables", b"\xe9", b"N"], ids=["empty", "text", "cut", "none"]
)
def test_what_is_stored_and_does_not_fit_is_made_anew(
    stored: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "templates.bin").write_bytes(stored)
    monkeypatch.setattr(rendering, "PREBUILT", str(tmp_path / "templates.bin"))
    rendering._stored.cache_clear()
    rendering._function.cache_clear()
    try:
        found = rendering.render("function.py.jinja", header="def f():", doc="", body=[])
    finally:
        rendering._stored.cache_clear()
        rendering._function.cache_clear()
    assert found == "def f():"


def test_a_compile_imports_neither_jinja_nor_what_else_it_can_do_without() -> None:
    script = (
        "import sys; before = {*sys.modules}; import netdsl;"
        "netdsl.compile(open('examples/vit.nd', encoding='utf-8').read());"
        "heavy = {'jinja2', 'lark', 'black', 'torch', 'dataclasses', 'inspect', 'hashlib'};"
        "print(heavy & ({*sys.modules} - before))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "set()\n"
