from __future__ import annotations

import numpy as np
import pytest

from geodata.errors import GeodataError
from geodata.files import UnreadableError, read_arrays, write_arrays
from geodata.travel import UNREACHABLE, TravelMatrix


def square(size: int, value: int = 5) -> np.ndarray:
    made = np.full((size, size), value, np.int32)
    np.fill_diagonal(made, 0)
    return made


def test_a_matrix_is_square_and_stays_as_it_is() -> None:
    made = TravelMatrix(square(2), square(2))
    with pytest.raises(ValueError, match="read-only"):
        made.duration_s[0, 1] = 1
    for bad in ((square(2), square(3)), (square(2)[:1], square(2)[:1])):
        with pytest.raises(ValueError, match="square"):
            TravelMatrix(*bad)


def test_pairs_without_a_way_are_counted() -> None:
    assert TravelMatrix(square(3, UNREACHABLE), square(3, UNREACHABLE)).unreachable_pairs() == 6


def test_it_comes_back_from_its_file(tmp_path) -> None:
    made = TravelMatrix(square(2), square(2, 70))
    made.save_npz(tmp_path / "deep" / "m.npz", ["a", "客户"])
    ids, read = TravelMatrix.load_npz(tmp_path / "deep" / "m.npz")
    assert ids == ("a", "客户")
    np.testing.assert_array_equal(read.distance_m, made.distance_m)
    with pytest.raises(ValueError, match="one id a row"):
        made.save_npz(tmp_path / "n.npz", ["a"])


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(100)])
def test_a_file_that_is_none_is_refused(tmp_path, content) -> None:
    (tmp_path / "m.npz").write_bytes(content)
    with pytest.raises(GeodataError, match=r"m\.npz is no travel matrix"):
        TravelMatrix.load_npz(tmp_path / "m.npz")
    with pytest.raises(GeodataError):
        TravelMatrix.load_npz(tmp_path / "none.npz")


def test_a_file_of_other_arrays_is_refused(tmp_path) -> None:
    write_arrays(
        tmp_path / "m.npz", {"ids": np.array(["a"]), "duration_s": square(2), "distance_m": square(3)}
    )
    with pytest.raises(GeodataError):
        TravelMatrix.load_npz(tmp_path / "m.npz")


def test_an_interrupted_write_leaves_what_was_there(tmp_path, monkeypatch) -> None:
    path = tmp_path / "a.npz"
    write_arrays(path, {"x": np.arange(3)})

    def interrupted(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(np, "savez", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_arrays(path, {"x": np.arange(4)})
    assert [file.name for file in tmp_path.iterdir()] == ["a.npz"]
    assert len(read_arrays(path, ("x",))["x"]) == 3
    with pytest.raises(UnreadableError):
        read_arrays(path, ("y",))
