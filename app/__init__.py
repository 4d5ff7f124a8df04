"""Coprime: a native desktop chat client for the Prime Intellect Inference API."""

__version__ = "0.1.0"
