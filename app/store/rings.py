"""Rings: the keyrings Coprime knows, one for each system, and their errors in our words.

Imported on the keyring's own thread only, since this is what takes long to load.
The class is named here: `keyring.get_keyring` would ask the environment and a
file of settings which one to use, and give it the key.
"""

import sys
from contextlib import closing

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked, NoKeyringError

from app.store.secrets import NoBackend, SecretsError, SecretsLocked, SecretsRefused

if sys.platform == "win32":
    from keyring.backends.Windows import WinVaultKeyring as Ring

    _NAME = "Windows Credential Manager"
elif sys.platform == "darwin":
    from keyring.backends.macOS import Keyring as Ring

    _NAME = "macOS Keychain"

if sys.platform == "win32" or sys.platform == "darwin":

    def find_service() -> None:
        """Check that the system's own can be called.

        Raises:
            NoBackend: a part of it is missing.
        """
        try:
            float(Ring.priority)
        except RuntimeError:
            raise NoBackend("not installed") from None

    def name_of_ring() -> str:
        """Return what people call it."""
        return _NAME

else:
    import secretstorage
    from jeepney import message_bus  # type: ignore[import-untyped]
    from jeepney.io.blocking import Proxy  # type: ignore[import-untyped]
    from keyring.backends.SecretService import Keyring

    class Ring(Keyring):
        """The Secret Service, whoever provides it."""

        # WORKAROUND: https://github.com/jaraco/keyring/blob/main/keyring/backends/SecretService.py
        # The original leaves its connection open when anything goes wrong.
        def get_preferred_collection(self) -> secretstorage.Collection:
            bus = secretstorage.dbus_init()
            try:
                collection = secretstorage.get_default_collection(bus)
                if collection.is_locked() and (collection.unlock() or collection.is_locked()):
                    raise SecretsLocked("the keyring stayed locked")
            except BaseException:
                bus.close()
                raise
            return collection

    _PROVIDERS = {
        "org.gnome.keyring": "GNOME Keyring",
        "org.kde.kwalletd6": "KWallet",
        "org.kde.kwalletd5": "KWallet",
        "org.keepassxc.KeePassXC.MainWindow": "KeePassXC",
    }
    _SERVICE = "org.freedesktop.secrets"

    def find_service() -> None:
        """Check that something on the session's bus keeps secrets.

        Raises:
            NoBackend: there is no bus, or nothing on it does.
        """
        try:
            with closing(secretstorage.dbus_init()) as bus:
                if secretstorage.check_service_availability(bus):
                    return
            reason = "no service on the bus"
        except (OSError, RuntimeError, secretstorage.SecretStorageException) as error:
            reason = type(error).__name__
        raise NoBackend(reason)

    def name_of_ring() -> str:
        """Return what people call what answers on the bus."""
        with closing(secretstorage.dbus_init()) as bus:
            asked = Proxy(message_bus, bus)

            def owner(name: str) -> str | None:
                return str(asked.GetNameOwner(name)[0]) if asked.NameHasOwner(name)[0] else None

            serving = owner(_SERVICE)
            for name, label in _PROVIDERS.items():
                if serving is not None and owner(name) == serving:
                    return label
        return "Secret Service"


_LOCKED = ("LockedException", "PromptDismissedException", "KeychainDenied")
"""Names, since each of these classes is there on one system only."""
_ABSENT = ("SecretServiceNotAvailableException",)


def open_ring() -> KeyringBackend:
    """Return the keyring of this system. It has not been asked anything yet.

    Raises:
        NoBackend: there is none.
    """
    find_service()
    ring: KeyringBackend = Ring()  # type: ignore[no-untyped-call]
    # What KEYRING_PROPERTY_… of the environment set: another collection, another scheme.
    vars(ring).clear()
    return ring


def translate(error: Exception) -> SecretsError:
    """Return the error of ours for whatever a keyring raised, without its text."""
    name = type(error).__name__
    if isinstance(error, KeyringLocked) or name in _LOCKED:
        return SecretsLocked(name)
    if isinstance(error, NoKeyringError) or name in _ABSENT:
        return NoBackend(name)
    return SecretsRefused(name)
