"""Coprime: a native desktop chat client for the Prime Intellect Inference API."""

__version__ = "0.1.0"

NAME = "Coprime"
COMMAND = "coprime"
"""Of the program, its package and its folders."""
APP_ID = "io.github.coprime.Coprime"
"""By which desktops know the program: of its desktop file, its windows, its bundle."""
SUMMARY = "A native desktop chat client for the Prime Intellect Inference API"
