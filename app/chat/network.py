"""Network: what requests travel with, as facts for the window."""

from dataclasses import dataclass
from enum import StrEnum

SYSTEM_PROXY = "system"
"""In place of a proxy's address: the one the system names, if it names one."""


class Origin(StrEnum):
    """Where the proxy in use comes from."""

    NOBODY = "nobody"
    """No proxy is in use."""
    PERSON = "person"
    """The settings of Coprime."""
    VARIABLE = "variable"
    """A variable of the environment."""
    SYSTEM = "system"
    """The settings of the operating system or the desktop."""


@dataclass(frozen=True, slots=True)
class Network:
    """The proxy in use and the certificates trusted; no name or password is in it."""

    proxy: str = ""
    """`scheme://host:port`; empty: none."""
    origin: Origin = Origin.NOBODY
    variable: str = ""
    """The name of the variable the proxy comes from."""
    is_usable: bool = True
    """False: the proxy is of a kind Coprime cannot use, so nothing is sent."""
    has_script: bool = False
    """The system leaves it to a script which proxy to use; no script is asked."""
    certificates_variable: str = ""
    """The variable that names the certificates; empty: the system's are used."""
    certificates_path: str = ""
    has_certificates: bool = True
    """False: what the variable names cannot be read or holds none, so nothing is sent."""
