"""What can go wrong, said so that the reader knows what happened and what to do next."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


class ScaupError(Exception):
    """Something a user can act on. Shown as one message, without a traceback; exit code 1."""

    exit_code = 1


class UsageError(ScaupError):
    """The call itself is off: a name, a parameter or a flag. Exit code 2."""

    exit_code = 2


class MissingInput(ScaupError):
    """A file, folder, lake or snapshot that has to be there is not."""


class Refused(ScaupError):
    """A check failed, so nothing was published."""


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that offers the closest known name, or nothing.

    >>> nearest("acount_activity", ["account_activity", "cluster_roster"])
    " Did you mean 'account_activity'?"
    """
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f" Did you mean {found[0]!r}?" if found else ""
