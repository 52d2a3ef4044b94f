"""Addresses of cases and agents onto the map, and doubtful ones onto the review list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from geodata.address import normalise
from geodata.coordinates import LatLon
from geodata.extract import Extract
from geodata.gazetteer import Gazetteer
from geodata.geocoder import Geocoder, Located, Status
from geodata.providers import open_chain
from scheduler.model.people import Agent, Place
from scheduler.settings import Workspace
from scheduler.store.memory import StoredAnswers, StoredCorrections
from scheduler.store.opening import open_store
from scheduler.store.repository import Store

_START, _END = "start:", "end:"
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Geocoded:
    """How many addresses were found, are doubtful, or failed; the doubtful and failed with suggestions.

    Ids are case ids, or "start:" and "end:" with an agent's id.
    """

    accepted: int
    review: int
    failed: int
    doubtful: tuple[Located, ...]


def open_geocoder(workspace: Workspace, store: Store) -> Geocoder:
    """The workspace's chain: corrections, the extract's gazetteer, then what the settings name."""
    settings = workspace.settings.geocode
    extract = Extract.open(workspace.extract)
    return Geocoder(
        Gazetteer.open(extract, workspace.cache),
        StoredCorrections(store),
        open_chain(
            settings.providers,
            StoredAnswers(store),
            lambda provider: store.audit("address_disclosed", {"provider": provider}),
        ),
        min_score=settings.min_score,
        box=extract.box,
    )


def geocode_workspace(
    workspace: Workspace, *, again: bool = False, progress: Progress = lambda _done, _total: None
) -> Geocoded:
    """Find every address that has no place yet, or all of them again."""
    with open_store(workspace) as store:
        cases = {case.id: case.place for case in store.cases() if case.settled_on is None}
        agents = {agent.id: agent for agent in store.agents()}
        starts = {_START + ident: agent.start for ident, agent in agents.items()}
        ends = {_END + ident: agent.end for ident, agent in agents.items() if agent.end}
        wanted = {
            ident: place
            for ident, place in {**cases, **starts, **ends}.items()
            if place.precision != "given" and (again or place.location is None or place.needs_review)
        }
        located = open_geocoder(workspace, store).locate_many(
            [(ident, place.address, None) for ident, place in wanted.items()], progress
        )
        placed = {found.id: _placed(wanted[found.id], found) for found in located}
        store.set_places({ident: place for ident, place in placed.items() if ident in cases})
        store.set_agent_places(_without(placed, _START), _without(placed, _END))
    counts = [found.status for found in located]
    return Geocoded(
        accepted=counts.count(Status.ACCEPTED),
        review=counts.count(Status.REVIEW),
        failed=counts.count(Status.FAILED),
        doubtful=tuple(found for found in located if found.status is not Status.ACCEPTED),
    )


def doubtful_addresses(workspace: Workspace) -> tuple[tuple[Located, ...], dict[str, str]]:
    """Every address that is doubtful or not found as it stands today, with suggestions, and the texts by id."""
    with open_store(workspace) as store:
        places = {case.id: case.place for case in store.cases() if case.settled_on is None}
        for agent in store.agents():
            places |= _agent_places(agent)
        open_places = {i: p for i, p in places.items() if p.location is None or p.needs_review}
        located = open_geocoder(workspace, store).locate_many(
            [(ident, place.address, None) for ident, place in open_places.items()]
        )
    doubtful = tuple(found for found in located if found.status is not Status.ACCEPTED)
    return doubtful, {ident: place.address for ident, place in open_places.items()}


def _placed(place: Place, found: Located) -> Place:
    fix = found.fix
    if fix is None:
        return replace(place, location=None, precision="", needs_review=False)
    return replace(
        place,
        location=fix.location,
        precision=fix.precision.value,
        needs_review=found.status is not Status.ACCEPTED,
    )


def _without(placed: dict[str, Place], prefix: str) -> dict[str, Place]:
    return {ident.removeprefix(prefix): place for ident, place in placed.items() if ident.startswith(prefix)}


def correct(workspace: Workspace, corrections: Iterable[tuple[str, LatLon]]) -> int:
    """Remember a person's corrections by address text, and use them. Ids are those of `Geocoded`."""
    fixed = dict(corrections)
    with open_store(workspace) as store:
        places = {case.id: case.place for case in store.cases()}
        for agent in store.agents():
            places |= _agent_places(agent)
        remembered = StoredCorrections(store)
        known = {ident: at for ident, at in fixed.items() if ident in places}
        for ident, at in known.items():
            remembered.put(normalise(places[ident].address), at)
        placed = {
            ident: replace(places[ident], location=at, precision="manual", needs_review=False)
            for ident, at in known.items()
        }
        store.set_places({ident: place for ident, place in placed.items() if ":" not in ident})
        store.set_agent_places(_without(placed, _START), _without(placed, _END))
        store.audit("corrections", {"count": len(known)})
    return len(known)


def _agent_places(agent: Agent) -> dict[str, Place]:
    made = {_START + agent.id: agent.start}
    return {**made, _END + agent.id: agent.end} if agent.end else made
