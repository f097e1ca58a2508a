"""The demo server ``weather`` in version 2.

Against version 1, breaking: `get_forecast` calls `city` `location` and no longer knows kelvin,
`get_alerts` requires `severity`, `convert_temperature` and the list of stations are gone, the
prompt requires `nights`. Harmless: `get_forecast` takes a `language`, `get_current` is described
better, `get_air_quality` is new.
"""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from pydantic import BaseModel, Field

from mcpx.demo import weather
from mcpx.demo.weather import READS, STATIONS, Alerts, City, Day, Days

Units = Annotated[Literal["metric", "imperial"], Field(description="Units of the temperatures.")]
Language = Annotated[Literal["en", "pt"], Field(description="The language of the summary.")]

_SUMMARY = {"en": "Between {low} and {high} degrees.", "pt": "Entre {low} e {high} graus."}


class Forecast(BaseModel):
    """The days to come."""

    city: str
    days: list[Day]
    summary: str = Field(description="The days in one sentence, in the language asked for.")


class AirQuality(BaseModel):
    """How good the air is."""

    index: int = Field(description="From 0, clean, to 100, foul.", ge=0, le=100)


server = MCPServer(
    "weather",
    title="Weather",
    version="2.0.0",
    instructions="Forecasts are made up, and the same whenever you ask.",
)


@server.tool(title="Forecast", annotations=READS)
def get_forecast(
    location: City, days: Days = 3, units: Units = "metric", language: Language = "en"
) -> Forecast:
    """Forecast the weather of a city, day by day."""
    coming = [weather.day(location, number, units) for number in range(days)]
    low, high = min(day.low for day in coming), max(day.high for day in coming)
    summary = _SUMMARY[language].format(low=low, high=high)
    return Forecast(city=location, days=coming, summary=summary)


@server.tool(title="Weather now", annotations=READS)
def get_current(city: City) -> Day:
    """Tell the weather of today in a city, in degrees Celsius. For the days after, get_forecast."""
    return weather.day(city, 0, "metric")


@server.tool(title="Warnings", annotations=READS)
def get_alerts(
    region: Annotated[str, Field(description="The name of a region, such as Algarve.")],
    severity: Annotated[
        Literal["minor", "severe"], Field(description="Only warnings of this severity.")
    ],
) -> Alerts:
    """List the warnings that are in force in a region."""
    found = [alert for alert in weather.alerts(region) if alert.severity == severity]
    return Alerts(region=region, alerts=found)


@server.tool(title="Air quality", annotations=READS)
def get_air_quality(city: City) -> AirQuality:
    """Tell how good the air of a city is today."""
    today = weather.day(city, 0, "metric")
    return AirQuality(index=round(today.high - today.low) * 5)


@server.prompt(title="What to pack")
def packing_list(
    city: Annotated[str, Field(description="Where the journey goes.")],
    nights: Annotated[str, Field(description="How many nights it takes.")],
) -> str:
    """Ask what to take on a journey."""
    return f"Look at the forecast for {city} and list what to pack for {nights} nights."


@server.resource("weather://stations/{station}", mime_type="application/json", title="A station")
def station(station: str) -> str:
    """What a station measures now."""
    if station not in STATIONS:
        raise ResourceNotFoundError(f"There is no station {station}.")
    return weather.day(station, 0, "metric").model_dump_json()
