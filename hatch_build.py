"""Builds the parser's tables, the templates, the regular expressions, the records of torch and what
makes records into the wheel, so that an installed compiler starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MODULES = (
    "netdsl.syntax.grammar",
    "netdsl.emit.rendering",
    "netdsl.patterns",
    "netdsl.torchlib",
    "netdsl.forms",
)
"""What writes the files, in this order: each makes use of those before it."""


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes `netdsl/syntax/tables.bin`, `netdsl/emit/templates.bin`, `netdsl/patterns.bin`,
    `netdsl/torchlib/data.bin` and `netdsl/forms.bin`, which the wheel takes along as artifacts.

    The tables hold for one grammar and one version of Lark, the templates for one version of
    Jinja and of Python, regular expressions and forms for one of Python, what is recorded of torch
    for the files that it is of. Where one differs at run time, what it holds for is made anew, so
    stale files cost time and nothing else.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        # What the build's own environment offers is found through this process's path.
        path = os.pathsep.join([self.root, *filter(None, sys.path)])
        environment = {**os.environ, "PYTHONPATH": path}
        for module in MODULES:
            command = [sys.executable, "-m", module]
            subprocess.run(command, cwd=self.root, env=environment, check=True)
