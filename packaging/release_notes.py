"""Release notes: what changed, what is signed, and how to tell that a download is whole and ours.

    python3 packaging/release_notes.py             the text of a release
    python3 packaging/release_notes.py windows     whether that system's packages are signed

`SIGNED` says what is, in words: windows, macos, notarised.
"""

import os
import sys
from collections.abc import Collection

from identity import NAME, VERSION, changes

_VERIFYING = """
## Is the download whole, and from here?

```
sha256sum --check --ignore-missing SHA256SUMS
gh attestation verify FILE --repo {repository}
```

The first says that a file arrived as it was made; the second, that it was made by the
workflow of this repository, from the commit it names.
"""


def notes(repository: str, signed: Collection[str] = ()) -> str:
    """Return the text of a release, as Markdown; `repository` is owner/name."""
    items = "\n".join(f"- {each}" for each in changes())
    systems = "\n".join(f"- {signature(each, signed)}" for each in ("linux", "windows", "macos"))
    return f"# {NAME} {VERSION}\n\n{items}\n\n## What is signed\n\n{systems}\n" + _VERIFYING.format(
        repository=repository
    )


def signature(system: str, signed: Collection[str]) -> str:
    """Return whether the packages of a system are signed, and what that means for a person.

    Raises:
        KeyError: there is no such system.
    """
    allowing = "Its first start has to be allowed in System Settings, Privacy & Security."
    words = {
        "linux": "Linux: not signed. SHA256SUMS and the attestation vouch for the packages.",
        "windows": "Windows: not signed. Windows warns when the setup starts.",
        "macos": f"macOS: neither signed with a certificate nor notarised. {allowing}",
    }
    if "windows" in signed:
        words["windows"] = "Windows: the setup, the program and its removal are signed."
    if "macos" in signed:
        words["macos"] = f"macOS: signed, not notarised. {allowing}"
    if {"macos", "notarised"} <= set(signed):
        words["macos"] = "macOS: signed, and notarised by Apple."
    return words[system]


if __name__ == "__main__":
    given = set(os.environ.get("SIGNED", "").split())
    if len(sys.argv) > 1:
        print(signature(sys.argv[1], given))
    else:
        sys.stdout.write(notes(os.environ.get("GITHUB_REPOSITORY", "OWNER/NAME"), given))
