"""Several processes at once, from one that has imported everything already."""

import json
import os
import sys
from collections.abc import Callable


def fork(count: int, run: Callable[[int], None]) -> None:
    """Call `run` in as many processes of their own, with their number, and wait for all of them.

    Prints how each ended, as JSON: 0, the status of an exception, or minus the signal. Nothing may
    be connected to a database before.
    """
    children = [_child(number, run) for number in range(count)]
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    json.dump(ends, sys.stdout)


def _child(number: int, run: Callable[[int], None]) -> int:
    child = os.fork()
    if not child:
        try:
            run(number)
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return child
