"""SHA-256 without the start-up of `hashlib`, which loads OpenSSL: as long as Python itself takes to start."""

from __future__ import annotations

import sys


def sha256(data: bytes) -> str:
    """The digest in hexadecimal. OpenSSL's is faster, and used where it is loaded already; the built-in is the same."""
    loaded = sys.modules.get("hashlib")
    if loaded is not None:
        return str(loaded.sha256(data).hexdigest())
    # Python 3.12 has the one, 3.11 the other, and type checkers know neither.
    try:
        from _sha2 import sha256 as built_in  # type: ignore[import-not-found,unused-ignore]  # Python 3.12 and later
    except ImportError:
        try:
            from _sha256 import sha256 as built_in  # type: ignore[import-not-found,unused-ignore]  # Python 3.11
        except ImportError:
            from hashlib import sha256 as built_in
    return str(built_in(data).hexdigest())
