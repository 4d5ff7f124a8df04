"""The running application: its state, the verbs on it, and the tasks behind them."""

from app.session.session import Session

__all__ = ["Session"]
