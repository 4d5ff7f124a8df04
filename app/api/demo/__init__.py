"""Demo: the inference service played inside the program, as an httpx transport."""

from app.api.demo.service import DemoTransport

__all__ = ["DemoTransport"]
