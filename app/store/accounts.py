"""Accounts: who is asked and who pays, in the person's order. Never the secrets.

A key or team ID has no column here; the OS keyring keeps them by account id.
"""

from collections.abc import Sequence
from sqlite3 import Connection

from app.chat.account import Account, SecretSource
from app.store.cells import clean_text

_SOURCES = {source.value: source for source in SecretSource}


def save_account(db: Connection, account: Account) -> None:
    """Save an account; a new one comes last."""
    db.execute(
        _SAVE,
        (
            account.id,
            clean_text(account.name),
            account.endpoint,
            None if account.team is None else clean_text(account.team),
            account.source,
            clean_text(account.last_model),
            account.allows_plain,
            account.platform,
        ),
    )


def list_accounts(db: Connection) -> list[Account]:
    """Return the accounts in the person's order."""
    rows = db.execute(
        "SELECT id, name, endpoint, team, source, last_model, allows_plain, platform"
        " FROM account ORDER BY position, id"
    )
    return [
        Account(
            id=row[0],
            name=row[1],
            endpoint=row[2],
            team=row[3],
            source=_SOURCES.get(row[4], SecretSource.KEYRING),
            last_model=row[5],
            allows_plain=bool(row[6]),
            platform=row[7],
        )
        for row in rows
    ]


def order_accounts(db: Connection, ids: Sequence[str]) -> None:
    """Put accounts in this order; others follow as they were."""
    others = [
        row[0]
        for row in db.execute("SELECT id FROM account ORDER BY position, id")
        if row[0] not in ids
    ]
    db.executemany("UPDATE account SET position = ? WHERE id = ?", list(enumerate([*ids, *others])))


def delete_account(db: Connection, account_id: str) -> None:
    """Delete an account and its catalogue. The ledger keeps what it paid."""
    db.execute("DELETE FROM catalogue WHERE account_id = ?", (account_id,))
    db.execute("DELETE FROM account WHERE id = ?", (account_id,))


_SAVE = """
INSERT INTO account (id, name, endpoint, team, source, last_model, allows_plain, platform, position)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, (SELECT coalesce(max(position), -1) + 1 FROM account))
ON CONFLICT (id) DO UPDATE SET name = excluded.name, endpoint = excluded.endpoint,
    team = excluded.team, source = excluded.source, last_model = excluded.last_model,
    allows_plain = excluded.allows_plain, platform = excluded.platform
"""
