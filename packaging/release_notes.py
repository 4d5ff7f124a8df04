"""Release notes: what changed, and how to tell that a download is whole and ours."""

import os
import sys

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


def notes(repository: str) -> str:
    """Return the text of a release, as Markdown; `repository` is owner/name."""
    items = "\n".join(f"- {each}" for each in changes())
    return f"# {NAME} {VERSION}\n\n{items}\n" + _VERIFYING.format(repository=repository)


if __name__ == "__main__":
    sys.stdout.write(notes(os.environ.get("GITHUB_REPOSITORY", "OWNER/NAME")))
