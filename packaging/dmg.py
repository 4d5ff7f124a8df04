"""Dmg: the disk image for macOS; signed and notarised where a publisher gives the means.

`MACOS_IDENTITY` names a Developer ID certificate in the keychain. Without it the program
is signed ad hoc, as Apple silicon demands, and the person has to allow its first start in
the settings of macOS. To have it notarised: `MACOS_NOTARY_PROFILE`, the name under which
`xcrun notarytool store-credentials` keeps the account; `MACOS_NOTARY_KEYCHAIN`, the file
of the keychain, if it is not the usual one. Source: Apple, "Customizing the notarization
workflow"; codesign(1).
"""

import os
import platform
import shutil
import subprocess
from pathlib import Path

import bundle
from identity import BUILD, COMMAND, DIST, NAME, VERSION, machine

_HERE = Path(__file__).resolve().parent / "macos"
# The magic numbers of Mach-O files, of one machine and of several.
_MACH_O = {b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe"}


def build() -> Path:
    """Make the disk image from the `.app`; returns its path.

    Raises:
        SystemExit: this is no Mac.
    """
    if platform.system() != "Darwin":
        raise SystemExit("A disk image is made on macOS: only there is hdiutil.")
    application = bundle.path()
    identity = os.environ.get("MACOS_IDENTITY", "")
    sign(application, identity)
    bundle.prove(bundle.program())
    profile = os.environ.get("MACOS_NOTARY_PROFILE", "") if identity else ""
    if profile:
        # Its own ticket stays with it when it leaves the image, for a Mac without a network.
        notarise(application, profile)
    kind = {"amd64": "intel"}.get(machine(), machine())
    path = DIST / f"{COMMAND}-{VERSION}-macos-{kind}.dmg"
    stage = BUILD / "dmg"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    subprocess.check_call(["ditto", str(application), str(stage / application.name)])
    (stage / "Applications").symlink_to("/Applications")
    path.unlink(missing_ok=True)
    subprocess.check_call(
        [
            "hdiutil", "create", "-volname", NAME, "-srcfolder", str(stage), "-fs", "HFS+",
            "-format", "UDZO", "-imagekey", "zlib-level=9", "-ov", "-quiet", str(path),
        ]
    )  # fmt: skip
    if identity:
        seal(path, identity)
    if profile:
        notarise(path, profile)
    return path


def sign(application: Path, identity: str) -> None:
    """Sign an application from the inside out, with the hardened runtime, and check it."""
    program = application / "Contents" / "MacOS" / COMMAND
    for each in [*insides(application), program, application]:
        seal(each, identity, with_rights=each in (program, application))
    subprocess.check_call(["codesign", "--verify", "--deep", "--strict", str(application)])


def insides(application: Path) -> list[Path]:
    """Return what is to be signed inside an application, innermost first, without its program.

    Libraries and programs by themselves, then the frameworks they are in.
    """
    program = application / "Contents" / "MacOS" / COMMAND
    files = [
        path
        for path in application.rglob("*")
        if path.is_file() and not path.is_symlink() and path != program and is_mach_o(path)
    ]
    frameworks = [
        path for path in application.rglob("*.framework") if path.is_dir() and not path.is_symlink()
    ]
    return sorted([*files, *frameworks], key=lambda path: (-len(path.parts), str(path)))


def is_mach_o(path: Path) -> bool:
    """Return whether a file is a program or a library of macOS."""
    with path.open("rb") as file:
        return file.read(4) in _MACH_O


def seal(path: Path, identity: str, *, with_rights: bool = False) -> None:
    """Sign one thing, with a trusted time where there is a certificate."""
    command = ["codesign", "--force", "--sign", identity or "-"]
    if path.suffix != ".dmg":
        command += ["--options", "runtime"]
    if identity:
        command.append("--timestamp")
    if with_rights:
        rights = "entitlements.plist" if identity else "adhoc.plist"
        command += ["--entitlements", str(_HERE / rights)]
    subprocess.check_call([*command, str(path)])


def notarise(path: Path, profile: str) -> None:
    """Have Apple look at an application or a disk image, and staple the ticket to it.

    Raises:
        subprocess.CalledProcessError: Apple refused it; notarytool says how to read why.
    """
    sent, check = path, ["--type", "open", "--context", "context:primary-signature"]
    if path.suffix == ".app":
        # Apple takes no folders.
        sent, check = BUILD / f"{path.stem}.zip", ["--type", "execute"]
        subprocess.check_call(["ditto", "-c", "-k", "--keepParent", str(path), str(sent)])
    submit = ["xcrun", "notarytool", "submit", str(sent), "--keychain-profile", profile]
    keychain = os.environ.get("MACOS_NOTARY_KEYCHAIN", "")
    if keychain:
        submit += ["--keychain", keychain]
    subprocess.check_call([*submit, "--wait", "--timeout", "30m"])
    subprocess.check_call(["xcrun", "stapler", "staple", str(path)])
    subprocess.check_call(["xcrun", "stapler", "validate", str(path)])
    subprocess.check_call(["spctl", "--assess", *check, str(path)])
