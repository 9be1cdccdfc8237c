"""Numbers with what their decimals allow, and when two of them are one."""

from __future__ import annotations

from typing import NamedTuple

RELATIVE = 1e-9  # calculated cells agree when they differ by no more than this, relatively


class CannotCompute(Exception):
    """A value that cannot be had from these numbers; says why in words."""


class Operand(NamedTuple):
    """A number with what its decimals allow: by rounding `low..high`, by cutting off `cut_low..cut_high`."""

    value: float
    low: float
    high: float
    cut_low: float
    cut_high: float


def exact(value: float) -> Operand:
    """A number that is what it is: a count, a threshold."""
    return Operand(value, value, value, value, value)


def printed(value: float, step: float) -> Operand:
    """A number printed in steps of `step`: 1.7 in steps of 0.1 is 1.65 to 1.75, or 1.7 to 1.8 if cut off."""
    half = max(step / 2, abs(value) * RELATIVE)
    cut = max(step, abs(value) * RELATIVE)
    if value == 0:  # what is cut off to 0 may have been on either side of it
        return Operand(value, -half, half, -cut, cut)
    if value < 0:
        return Operand(value, value - half, value + half, value - cut, value)
    return Operand(value, value - half, value + half, value, value + cut)


def tidy(value: float) -> float:
    """A number to 10 significant digits: what rules compare and what is written."""
    if -1e10 < value < 1e10 and value % 1 == 0:
        return float(value)  # whole already, as most are
    return float(f"{value:.10g}")


def tidied(value: float | None) -> float | None:
    """`tidy` of a number that may not be there."""
    return None if value is None else tidy(value)


def same(a: float, b: float) -> bool:
    """Whether two numbers are one to 10 significant digits; those further apart than that are quickly told."""
    return abs(a - b) <= RELATIVE * max(abs(a), abs(b)) and tidy(a) == tidy(b)
