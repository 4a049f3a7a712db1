"""Python's garbage collector, told what kind of work is done here."""

import gc


def calm() -> None:
    """A batch makes many objects and no cycles: with Python's own thresholds a third of the time goes into looking.

    For processes that do nothing but such work: what is there already is never looked at again.
    """
    gc.freeze()
    gc.set_threshold(50_000, 50, 100)
