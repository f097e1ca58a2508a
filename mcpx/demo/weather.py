"""Made-up weather for both versions of the demo server ``weather``: the same for the same place."""

from __future__ import annotations

import zlib
from typing import Annotated, Literal

from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

Sky = Literal["sun", "cloud", "rain", "snow"]
Days = Annotated[int, Field(description="How many days, from today on.", ge=1, le=7)]
City = Annotated[str, Field(description="The name of a city, such as Lisbon.", min_length=1)]

READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=True)
STATIONS = ("harbour", "airport", "hill")


class Day(BaseModel):
    """The weather of one day."""

    high: float = Field(description="Highest temperature, in the units asked for.")
    low: float = Field(description="Lowest temperature, in the units asked for.")
    sky: Sky


class Alert(BaseModel):
    """A warning that is in force."""

    severity: Literal["minor", "severe"]
    text: str


class Alerts(BaseModel):
    """The warnings of a region."""

    region: str
    alerts: list[Alert] = Field(description="Empty when there is nothing to warn of.")


def day(place: str, number: int, units: str) -> Day:
    """The weather at a place; ``number`` 0 is today; ``units`` metric, imperial or kelvin."""
    seed = zlib.crc32(f"{place.casefold()}/{number}".encode())
    low = seed % 25 - 5
    high = low + seed // 25 % 12
    skies: tuple[Sky, ...] = ("snow",) if high < 0 else ("sun", "cloud", "rain")
    return Day(high=_in(high, units), low=_in(low, units), sky=skies[seed % len(skies)])


def alerts(region: str) -> list[Alert]:
    """The warnings in force: none, one or two."""
    known = [
        Alert(severity="minor", text="Gusts up to 60 km/h."),
        Alert(severity="severe", text="Floods along the river."),
    ]
    return known[: zlib.crc32(region.casefold().encode()) % 3]


def _in(celsius: int, units: str) -> float:
    match units:
        case "imperial":
            return round(celsius * 9 / 5 + 32, 1)
        case "kelvin":
            return round(celsius + 273.15, 2)
        case _:
            return float(celsius)
