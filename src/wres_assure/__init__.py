"""Checks NHS Workforce Race Equality Standard (WRES) returns and writes pre-inspection briefings."""

__version__ = "0.1.0"
