"""The hashes that are used, from where Python itself has them: `hashlib` would find the same ones
after loading OpenSSL, which takes longer than all that is hashed for a program."""

from __future__ import annotations

TYPE_CHECKING = False  # for type checkers it is true, and they know `hashlib`
if TYPE_CHECKING:
    from hashlib import blake2b, sha256
else:
    try:
        from _blake2 import blake2b
    except ImportError:
        from hashlib import blake2b
    try:
        from _sha2 import sha256
    except ImportError:  # as it was called before Python 3.12
        try:
            from _sha256 import sha256
        except ImportError:
            from hashlib import sha256

__all__ = ["blake2b", "sha256"]
