"""How much of a machine or a container the package uses."""

from assess.base import machine


def test_a_container_with_less_memory_than_its_machine_shares_what_it_has(tmp_path, monkeypatch):
    limit, none = tmp_path / "memory.max", tmp_path / "other"
    limit.write_text(f"{1 << 30}\n", encoding="ascii")
    none.write_text("max\n", encoding="ascii")
    monkeypatch.setattr(machine, "_LIMITS", (str(none), str(tmp_path / "missing"), str(limit)))
    assert machine.fair_memory(2) == (1 << 30) * 4 // 5 // 2
    monkeypatch.setattr(machine, "_LIMITS", (str(none),))
    assert 0 < machine.fair_memory(2) <= 4 << 30
