"""The demo server ``weather`` in version 1; ``weather_2`` is what became of it."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError
from pydantic import BaseModel, Field

from mcpx.demo import weather
from mcpx.demo.weather import READS, STATIONS, Alerts, City, Day, Days

Units = Annotated[
    Literal["metric", "imperial", "kelvin"], Field(description="Units of the temperatures.")
]


class Forecast(BaseModel):
    """The days to come."""

    city: str
    days: list[Day]


server = MCPServer(
    "weather",
    title="Weather",
    version="1.0.0",
    instructions="Forecasts are made up, and the same whenever you ask.",
)


@server.tool(title="Forecast", annotations=READS)
def get_forecast(city: City, days: Days = 3, units: Units = "metric") -> Forecast:
    """Forecast the weather of a city, day by day."""
    coming = [weather.day(city, number, units) for number in range(days)]
    return Forecast(city=city, days=coming)


@server.tool(title="Weather now", annotations=READS)
def get_current(city: City) -> Day:
    """Get current weather."""
    return weather.day(city, 0, "metric")


@server.tool(title="Warnings", annotations=READS)
def get_alerts(
    region: Annotated[str, Field(description="The name of a region, such as Algarve.")],
) -> Alerts:
    """List the warnings that are in force in a region."""
    return Alerts(region=region, alerts=weather.alerts(region))


@server.tool(title="Convert a temperature", annotations=READS)
def convert_temperature(
    celsius: Annotated[float, Field(description="The temperature in degrees Celsius.")],
) -> str:
    """Convert degrees Celsius to degrees Fahrenheit."""
    return f"{celsius * 9 / 5 + 32:.1f} °F"


@server.prompt(title="What to pack")
def packing_list(
    city: Annotated[str, Field(description="Where the journey goes.")],
) -> str:
    """Ask what to take on a journey."""
    return f"Look at the forecast for {city} and list what to pack."


@server.resource("weather://stations", mime_type="text/plain", title="Stations")
def stations() -> str:
    """The names of the stations."""
    return "".join(f"{station}\n" for station in STATIONS)


@server.resource("weather://stations/{station}", mime_type="application/json", title="A station")
def station(station: str) -> str:
    """What a station measures now."""
    if station not in STATIONS:
        raise ResourceNotFoundError(f"There is no station {station}.")
    return weather.day(station, 0, "metric").model_dump_json()
