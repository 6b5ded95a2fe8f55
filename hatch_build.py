"""Builds the parser's tables into the wheel, so that an installed compiler starts at once."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TablesHook(BuildHookInterface):  # type: ignore[type-arg]
    """Writes `netdsl/syntax/tables.bin`, which the wheel takes along as an artifact.

    The tables hold for one grammar and one version of Lark. Where either differs at run time
    the parser is built from the grammar instead, so stale tables cost time and nothing else.
    """

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        if self.target_name != "wheel":
            return
        # What the build's own environment offers is found through this process's path.
        path = os.pathsep.join([self.root, *filter(None, sys.path)])
        environment = {**os.environ, "PYTHONPATH": path}
        command = [sys.executable, "-m", "netdsl.syntax.grammar"]
        subprocess.run(command, cwd=self.root, env=environment, check=True)
