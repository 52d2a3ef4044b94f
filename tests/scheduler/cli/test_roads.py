from __future__ import annotations

import json

import numpy as np

from scheduler.cli.main import run


def test_a_matrix_of_points_is_written_and_bad_points_are_told(
    helsinki, tmp_path, monkeypatch, capsys
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    points = tmp_path / "P.csv"
    points.write_text(
        "id,lat,lon\na,60.1655,24.9402\nb,60.1745,24.9490\nbad,north,east\nc,60.1700,24.9400\n", "utf-8"
    )
    target = tmp_path / "M.npz"
    arguments = [
        "roads",
        "matrix",
        str(helsinki),
        "--points",
        str(points),
        "--profile",
        "foot",
        "--out",
        str(target),
        "--json",
    ]
    assert run(arguments) == 1
    said = capsys.readouterr()
    assert json.loads(said.out)["points"] == 3
    assert "row 4" in said.err
    with np.load(target) as data:
        assert data["ids"].tolist() == ["a", "b", "c"]
        assert data["duration_s"].dtype == np.int32
        assert data["duration_s"].shape == data["distance_m"].shape == (3, 3)
        assert (np.diag(data["duration_s"]) == 0).all()
        assert data["duration_s"][0, 1] > 300
    assert list((tmp_path / "cache" / "doorstep").iterdir())


def test_building_says_what_was_built(helsinki, tmp_path, capsys) -> None:
    assert run(["roads", "build", str(helsinki), "--cache", str(tmp_path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["arcs"] > facts["streets"] > 500
