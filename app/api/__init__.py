"""Talking to the inference service: requests out, deltas in."""
