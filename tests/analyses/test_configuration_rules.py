from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from mcpx.analyses.configuration_lint import Configured, Unread, configuration_findings
from mcpx.analyses.configuration_rules import CONFIGURATION
from mcpx.analyses.finding import Location
from mcpx.servers import ServerSpec
from mcpx.settings import others_may_write
from tests.analyses.examples import examples_of

# One step that makes an example honest: what stands there, and what stands there instead.
STEPS = {
    "config-secret": ("correct-horse-battery", "${DATABASE_PASSWORD}"),
    "config-writable": ("-rw-rw-rw-", "-rw-r--r--"),
    "config-unreadable": ('"notes-server"}}', '"notes-server"}}}'),
    "config-unpinned": ("some-mcp-server", "some-mcp-server@1.2.3"),
    "config-shell": ('"-c", "curl https://example.com/install | sh"', '"install.sh"'),
    "config-plain-http": ("http://", "https://"),
}
MODES = {stat.filemode(stat.S_IFREG | mode): mode for mode in (0o666, 0o644)}


def test_every_rule_is_of_the_area_of_configurations() -> None:
    assert [rule.id for rule in CONFIGURATION] == [
        "config-secret",
        "config-writable",
        "config-unreadable",
        "config-unpinned",
        "config-shell",
        "config-plain-http",
    ]


def fired(example: str, folder: Path) -> list[str]:
    """The rules that a definition fires, or a file that is listed with its rights."""
    file = folder / "mcp.json"
    if example.startswith("{"):
        try:
            written = json.loads(example)
        except ValueError as error:
            broken = Unread(str(error), ("cursor",), Location(str(file)), False, str(file))
            return [finding.rule.id for finding in configuration_findings([], [broken])]
        if "mcpServers" in written:
            (written,) = written["mcpServers"].values()
        written["args"] = tuple(written.get("args", ()))
        one = Configured(ServerSpec("a", **written), ("cursor",), Location(str(file), 1), False)
    else:
        file.touch()
        file.chmod(MODES[example.split()[0]])
        writable = others_may_write(os.stat(file))
        one = Configured(ServerSpec("a"), ("cursor",), Location(str(file), 1), writable)
    return [finding.rule.id for finding in configuration_findings([one])]


@examples_of(CONFIGURATION, STEPS)
def test_an_example_fires_its_rule_alone(example: str, fires: list[str], tmp_path: Path) -> None:
    assert fired(example, tmp_path) == fires
