"""Stores as earlier versions of the package left them."""

import duckdb

from assess.records.tables import TABLES, YEARLY

_OF_CHAIN = {
    "batch": ("kind", "clock", "zone", "actor", "salts", "content", "link"),
    "file": ("kept", "salts"),
}


def make_old(path, version):
    """Take from a store what came after a version, 1 to 6."""
    connection = duckdb.connect(str(path))
    connection.execute("DROP TABLE answer")
    for name in TABLES.keys() - {"answer"}:
        connection.execute(f"ALTER TABLE {name} DROP COLUMN sender_batch")
    if version < 6:
        _make_unsealed(connection, version)
    connection.execute("UPDATE store SET version = ?", [version])
    connection.close()


def _make_unsealed(connection, version):
    connection.execute("DROP TABLE repair; DROP TABLE redaction")
    for table, columns in _OF_CHAIN.items():
        for name in columns:
            connection.execute(f"ALTER TABLE {table} DROP COLUMN {name}")
    for name in TABLES.keys() - {"answer"}:
        connection.execute(f"ALTER TABLE {name} DROP COLUMN salts")
    if version < 5:
        connection.execute("ALTER TABLE batch DROP COLUMN reason")
    if version < 4:
        connection.execute("ALTER TABLE inspection DROP COLUMN inspected_by")
        connection.execute("ALTER TABLE inspection DROP COLUMN meeting_id")
    if version < 3:
        for name in YEARLY:
            connection.execute(f"DROP TABLE {name}")
    if version < 2:
        for name in ("stated_total", "stated_class", "remark"):
            connection.execute(f"ALTER TABLE sheet DROP COLUMN {name}")
