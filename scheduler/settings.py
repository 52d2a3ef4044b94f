"""A workspace's settings: `doorstep.toml`, read once, checked whole, frozen.

A workspace is a folder with `doorstep.toml`, a database (SQLite beside it unless a URL says otherwise),
`cache/` (what is built from street data and addresses) and `out/` (plans and pages).
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scheduler.model.findings import DoorstepError
from scheduler.model.scenario import ATTENDANCES, PAIRS
from scheduler.model.values import Money

FILE_NAME = "doorstep.toml"
LANGUAGES = ("en", "zh")
TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "tuple[str, ...]": (list,),
    "Mapping[str, Any]": (dict,),
}


class SettingsError(DoorstepError):
    """Something in doorstep.toml that cannot be used, named by table and key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkspaceTable:
    """Where and in which words the work happens."""

    zone: str = "Asia/Shanghai"
    currency: str = "CNY"
    language: str = "zh"
    extract: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreTable:
    """`url_env` names an environment variable with a database URL; empty means SQLite in the workspace.

    `key_file` is the file with the workspace's key, outside its folder; $DOORSTEP_KEY and
    $DOORSTEP_KEY_FILE come before it. Without a key personal data is not encrypted.
    """

    url_env: str = ""
    key_file: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoadsTable:
    """Road engine (auto, cch, scipy, osrm), hourly speed factors, and when a fix is off the map."""

    engine: str = "auto"
    hourly_speed: Mapping[str, Any] = field(default_factory=dict)
    max_snap_m: int = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class GeocodeTable:
    """From which score on a fix needs no person, and outside geocoders (none unless configured)."""

    min_score: float = 0.85
    providers: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesTable:
    """Rule packs in force, by name, and a folder with packs of the workspace's own."""

    packs: tuple[str, ...] = ("house",)
    folder: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyTable:
    """A folder with playbooks of the workspace's own; empty means the ones that come with Doorstep."""

    playbooks: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTable:
    """The solve: time limit in seconds, seed, and the most visits given to the solver a vehicle.

    Over several days, amounts in the workspace's currency: what it costs that another agent comes than the last time,
    and what an hour of work or an evening beyond an agent's fair share costs. A day that ends after `evening_from` counts.
    """

    time_limit: float = 30.0
    seed: int = 1
    candidates_per_vehicle: int = 40
    overtime_factor: float = 1.5
    same_agent: float = 0.0
    balance_hour: float = 0.0
    balance_evening: float = 0.0
    evening_from: str = "18:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewsTable:
    """Who goes together: see docs/crews.md. Times in minutes.

    `attendance` and `pairs` are words of `scheduler.model.scenario`. Whoever leads a pair that is formed has
    `lead_skill`, unless that is empty; its members start at most `max_apart` from each other and share
    `least_shared` of their shifts. Pairs and leads of the last `look_back_days` count for fairness.
    """

    attendance: str = "crew"
    pairs: str = "formed"
    lead_skill: str = ""
    max_apart: int = 45
    least_shared: int = 180
    look_back_days: int = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishTable:
    """Pages: language of the dispatcher's page (workspace's if empty), tile server (none unless set).

    Sealed pages open until the end of the day that comes `sealed_days` after theirs.
    `widen` allows an audience a field beside its own, as "planner:place" (see scheduler.publishing.audiences).
    """

    language: str = ""
    tiles: str = ""
    tiles_attribution: str = ""
    tiles_coordinates: str = "wgs84"
    widen: tuple[str, ...] = ()
    sealed_days: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionTable:
    """How long records are kept at least; a rule pack that asks for longer wins. `doorstep purge` does the rest.

    Cases count from their settlement, contacts and outcomes from the day they were made on a case that is
    no longer open, pages from the day they were written.
    """

    cases_years: int = 2
    contacts_years: int = 3
    outcomes_years: int = 3
    recordings_years: int = 3
    pages_days: int = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Every table of doorstep.toml. `selection` is read by scheduler.selection itself."""

    workspace: WorkspaceTable = WorkspaceTable()
    store: StoreTable = StoreTable()
    roads: RoadsTable = RoadsTable()
    geocode: GeocodeTable = GeocodeTable()
    rules: RulesTable = RulesTable()
    selection: Mapping[str, Any] = field(default_factory=dict)
    strategy: StrategyTable = StrategyTable()
    plan: PlanTable = PlanTable()
    crews: CrewsTable = CrewsTable()
    publish: PublishTable = PublishTable()
    retention: RetentionTable = RetentionTable()

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any]) -> Self:
        """From parsed TOML. Raises SettingsError naming the table and key."""
        tables = {entry.name: entry for entry in fields(cls)}
        _refuse_unknown("", raw, tables)
        made: dict[str, Any] = {}
        for name, table in raw.items():
            if not isinstance(table, Mapping):
                raise SettingsError(
                    f"doorstep.toml: {name} is a table", mend=f"Write [{name}] above its keys."
                )
            made[name] = table if name == "selection" else _table(name, table)
        settings = cls(**made)
        _check(settings)
        return settings

    @property
    def zone(self) -> ZoneInfo:
        """The zone that days and hours are meant in."""
        return ZoneInfo(self.workspace.zone)

    @property
    def page_language(self) -> str:
        """The language of the dispatcher's page."""
        return self.publish.language or self.workspace.language


_TABLES: dict[str, type] = {
    "workspace": WorkspaceTable,
    "store": StoreTable,
    "roads": RoadsTable,
    "geocode": GeocodeTable,
    "rules": RulesTable,
    "strategy": StrategyTable,
    "plan": PlanTable,
    "crews": CrewsTable,
    "publish": PublishTable,
    "retention": RetentionTable,
}


def _table(name: str, raw: Mapping[str, Any]) -> Any:
    kind = _TABLES[name]
    known = {entry.name: entry for entry in fields(kind)}
    _refuse_unknown(name, raw, known)
    values: dict[str, Any] = {}
    for key, value in raw.items():
        wanted = str(known[key].type)
        if not isinstance(value, TYPES[wanted]) or (isinstance(value, bool) and wanted != "bool"):
            words = {"str": "text", "int": "a whole number", "float": "a number", "bool": "true or false"}
            raise SettingsError(f"doorstep.toml: [{name}] {key} is {words.get(wanted, 'a list or table')}")
        values[key] = tuple(value) if isinstance(value, list) else value
    return kind(**values)


def _refuse_unknown(table: str, raw: Mapping[str, Any], known: Mapping[str, Any]) -> None:
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            place = f"[{table}] {key}" if table else f"[{key}]"
            hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
            raise SettingsError(f"doorstep.toml: {place} is not a setting", mend=hint)


def _check(settings: Settings) -> None:
    try:
        ZoneInfo(settings.workspace.zone)
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsError(
            "doorstep.toml: [workspace] zone is not a time zone", mend='Write one like "Asia/Shanghai".'
        ) from None
    Money(0, settings.workspace.currency)
    for key, value in (
        ("[workspace] language", settings.workspace.language),
        ("[publish] language", settings.page_language),
    ):
        if value not in LANGUAGES:
            raise SettingsError(f"doorstep.toml: {key} is one of {', '.join(LANGUAGES)}")
    if settings.plan.time_limit <= 0 or settings.plan.candidates_per_vehicle < 1:
        raise SettingsError("doorstep.toml: [plan] limits are positive")
    if min(settings.plan.same_agent, settings.plan.balance_hour, settings.plan.balance_evening) < 0:
        raise SettingsError("doorstep.toml: [plan] amounts are 0 or more")
    try:
        time.fromisoformat(settings.plan.evening_from)
    except ValueError:
        raise SettingsError('doorstep.toml: [plan] evening_from is a time, as "18:00"') from None
    crews = settings.crews
    for name, word, words in (("attendance", crews.attendance, ATTENDANCES), ("pairs", crews.pairs, PAIRS)):
        if word not in words:
            raise SettingsError(f"doorstep.toml: [crews] {name} is one of {', '.join(words)}")
    if min(crews.max_apart, crews.least_shared, crews.look_back_days) < 0:
        raise SettingsError("doorstep.toml: [crews] minutes and days are 0 or more")
    kept = settings.retention
    if min(getattr(kept, entry.name) for entry in fields(kept)) < 1:
        raise SettingsError("doorstep.toml: [retention] years and days are at least 1")
    _check_publish(settings.publish)


def _check_publish(publish: PublishTable) -> None:
    if publish.sealed_days < 0:
        raise SettingsError("doorstep.toml: [publish] sealed_days is 0 or more")
    if publish.tiles_coordinates not in ("wgs84", "gcj02"):
        raise SettingsError("doorstep.toml: [publish] tiles_coordinates is wgs84 or gcj02")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder and its settings."""

    folder: Path
    settings: Settings

    @classmethod
    def open(cls, folder: Path) -> Self:
        """Read the workspace at `folder`. Raises SettingsError."""
        path = folder / FILE_NAME
        try:
            raw = tomllib.loads(path.read_text("utf-8"))
        except FileNotFoundError:
            raise SettingsError(
                f"No {FILE_NAME} in {folder}",
                mend="Make a workspace with: doorstep init DIR, or name one with -w DIR.",
            ) from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SettingsError(f"{FILE_NAME} cannot be read: {error}", mend="Mend that line.") from None
        return cls(folder, Settings.from_mapping(raw))

    @classmethod
    def find(cls, named: str | None) -> Self:
        """The workspace named, or $DOORSTEP_WORKSPACE, or the nearest one at or above the current folder."""
        given = named or os.environ.get("DOORSTEP_WORKSPACE")
        if given:
            return cls.open(Path(given))
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / FILE_NAME).is_file():
                return cls.open(folder)
        return cls.open(here)

    @property
    def store_url(self) -> str:
        """The database's URL; SQLite in the folder unless the settings name a variable that holds another."""
        name = self.settings.store.url_env
        if not name:
            return f"sqlite:///{(self.folder / 'doorstep.db').resolve()}"
        url = os.environ.get(name, "")
        if not url:
            raise SettingsError(
                f"The environment variable {name} is not set", mend="Set it to the database's URL."
            )
        return url

    @property
    def extract(self) -> Path:
        """The street data. Raises SettingsError where none is named."""
        name = self.settings.workspace.extract
        if not name:
            raise SettingsError(
                "doorstep.toml: [workspace] extract is not set",
                mend="Name an OpenStreetMap extract (.osm.pbf) of your city; it is read offline.",
            )
        return self.folder / name

    @property
    def cache(self) -> Path:
        """Where built graphs, gazetteers and geocoders' answers are kept."""
        return self.folder / "cache"

    @property
    def out(self) -> Path:
        """Where plans and pages go."""
        return self.folder / "out"

    def day(self, day: date) -> Path:
        """Where a day's go, unless somebody says otherwise."""
        return self.out / day.isoformat()

    def path(self, name: str) -> Path | None:
        """A path of the settings, relative to the workspace; None where empty."""
        return self.folder / name if name else None
