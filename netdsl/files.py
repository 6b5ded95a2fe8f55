"""The folder that programs are in, below which they may import from other files."""

from __future__ import annotations

import os

from netdsl.source import Source
from netdsl.writing import FileError, read_inside


class Folder:
    """A folder from which programs import. What lies outside is never opened, whatever a path
    or a link says, and neither is what is no regular file."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = os.fspath(path)

    def read(self, place: str) -> Source:
        """The source of a file, by its path below the folder.

        Raises:
            OSError, ValueError: it cannot be read; the text says why.
        """
        path = os.path.join(self.path, place)
        try:
            return Source(read_inside(path, self.path), place, os.path.normpath(path))
        except FileError as error:
            raise ValueError(error.reason) from None
