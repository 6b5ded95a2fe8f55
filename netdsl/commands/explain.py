"""`netdsl explain`: what a code means, with a wrong and a right program."""

from __future__ import annotations

import sys

from netdsl.commands.arguments import Argument, Options
from netdsl.commands.printing import say, shown
from netdsl.commands.status import OK, UsageError

ABOUT = "Explains the code of a diagnostic; without CODE, lists them all."


ARGUMENTS = (Argument(("code",), "maybe", metavar="CODE"),)


def run(options: Options) -> int:
    from netdsl.diagnostics import codes, explanation

    if options.code is None:
        titles = {code: (explanation(code) or "").partition("\n")[0] for code in codes()}
        width = max(map(len, titles))
        lines = (f"{code:<{width}}  {title.removeprefix('# ')}" for code, title in titles.items())
        say("\n".join(lines), sys.stdout)
        return OK
    page = explanation(options.code)
    if page is None:
        from difflib import get_close_matches

        near = " or ".join(get_close_matches(options.code, codes()))
        more = f"did you mean {near}?" if near else "'netdsl explain' lists all codes"
        raise UsageError(f"there is no code {shown(options.code)}: {more}")
    say(page.rstrip("\n"), sys.stdout)
    return OK
