"""`netdsl run`: a script of Python that may import programs."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import TracebackType

from netdsl.commands.arguments import Argument, Options
from netdsl.commands.status import OK, WRONG, UsageError

ABOUT = "Runs a script as Python does, with `import model` finding model.nd."


ARGUMENTS = (
    Argument(("script",), "value", metavar="SCRIPT"),
    Argument(("arguments",), "rest", metavar="ARGUMENT"),
)


def run(options: Options) -> int:
    import netdsl.importer  # noqa: F401  which makes programs importable

    script = Path(options.script)
    if not script.is_file():
        raise UsageError(f"there is no script {options.script}")
    if script.suffix == ".nd":
        raise UsageError(f"{options.script} is a program, which a script imports or loads")
    sys.argv = [options.script, *options.arguments]
    sys.path[0] = str(script.parent.resolve())
    try:
        runpy.run_path(options.script, run_name="__main__")
    except Exception as error:  # the script's own, shown as Python shows it
        frames = _below(error.__traceback__, options.script)
        sys.excepthook(type(error), error.with_traceback(frames), frames)
        return WRONG
    return OK


def _below(frames: TracebackType | None, script: str) -> TracebackType | None:
    """A traceback from the script on."""
    at = frames
    while at is not None and at.tb_frame.f_code.co_filename != script:
        at = at.tb_next
    return at or frames
