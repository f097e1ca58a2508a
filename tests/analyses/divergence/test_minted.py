from __future__ import annotations

import pytest

from mcpx.analyses.divergence.minted import alike, looks_minted, minted_within, prefix
from tests.analyses.divergence.sides import NAMES

UUID, OTHER, _, _ = NAMES
ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


@pytest.mark.parametrize(
    ("text", "minted"),
    [
        pytest.param(UUID, True, id="UUID"),
        pytest.param(UUID.upper(), True, id="UUID in capitals"),
        pytest.param(ULID, True, id="ULID"),
        pytest.param("1a2b3c4d", True, id="hexadecimal"),
        pytest.param("da39a3ee5e6b4b0d3255bfef95601890afd80709", True, id="a digest"),
        pytest.param("V1StGXR8_Z5jdHi6B-myT", True, id="nanoid"),
        pytest.param("cm9x2k1q80000abcd7h4z", True, id="cuid"),
        pytest.param("1a2b3c4", False, id="short"),
        pytest.param("deadbeef", False, id="letters alone"),
        pytest.param("12345678", False, id="digits alone"),
        pytest.param("20261123", False, id="a date"),
        pytest.param("2026-11-23T10:00:00Z", False, id="a time"),
        pytest.param("get_file_information", False, id="a name"),
        pytest.param("getStructuredContent", False, id="a name in camel case"),
        pytest.param("Report-2026-Q3-Final", False, id="a title with digits"),
        pytest.param("1A2b3C4d", False, id="hexadecimal of two cases"),
        pytest.param("00000000-0000-0000-0000-000000000000", False, id="the nil UUID"),
        pytest.param("ffffffff-ffff-ffff-ffff-ffffffffffff", False, id="the largest UUID"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_what_was_minted_is_told_by_its_looks(text: str, minted: bool) -> None:
    assert looks_minted(text) is minted


def test_names_are_found_within_longer_texts() -> None:
    text = f"note 1a2b3c4d of {UUID}, see /notes/{ULID}.md, 12345678 and deadbeef"
    assert minted_within(text) == ["1a2b3c4d", UUID, ULID]


@pytest.mark.parametrize(
    ("recorded", "live", "expected"),
    [
        pytest.param(UUID, OTHER, True, id="two UUIDs"),
        pytest.param(UUID, UUID.replace("0f8", "1e9"), False, id="a UUID with other digits"),
        pytest.param(UUID, OTHER.replace("-40", "-50"), False, id="a UUID of a name"),
        pytest.param(
            "e4eaaaf2-d142-11e1-b3e4-080027620cdd",
            "e58a0c10-d142-11e1-b3e4-080027620cdd",
            True,
            id="two UUIDs of one machine",
        ),
        pytest.param(f"note-{UUID}", f"note-{OTHER}", True, id="of one kind"),
        pytest.param(f"note-{UUID}", f"task-{OTHER}", False, id="of two kinds"),
        pytest.param("1a2b3c4d", "1a2b3c4e", False, id="another last digit"),
        pytest.param("1a2b3c4d", "99887766", True, id="digits by chance"),
        pytest.param("99887766", "88776655", False, id="two numbers"),
        pytest.param(UUID, "00000000-0000-0000-0000-000000000000", False, id="the nil UUID"),
        pytest.param(UUID, "00000000-0000-4000-8000-000000000000", False, id="and almost so"),
        pytest.param("1a2b3c4d", "ffffffff", False, id="one digit again and again"),
        pytest.param(
            f"note-{UUID}", f"note-{'1' * 8}{'-1111' * 3}-{'1' * 12}", False, id="in a word"
        ),
        pytest.param("1a2b3c4d", "1a2b3c4d5e", False, id="of two lengths"),
        pytest.param(UUID, UUID.replace("-", "")[:36].ljust(36, "a"), False, id="UUID and digits"),
        pytest.param(ULID, "01BX5ZZKBKACTAV9WEVGEMMVRY", True, id="two ULIDs"),
        pytest.param("V1StGXR8_Z5jdHi6B-myT", "k3j9X0q2m8Z1w4V7-aB3c", True, id="two nanoids"),
        pytest.param("Report-2026-Q3-Final", "Report-2026-Q4-Final", False, id="two titles"),
    ],
)
def test_two_names_may_be_for_one_thing(recorded: str, live: str, expected: bool) -> None:
    assert alike(recorded, live) is expected


def test_a_name_may_begin_with_words() -> None:
    assert prefix("note-V1StGXR8Z5jdHi6B") == "note-"
    assert prefix("live_note-1a2b3c4d") == "live_note-"
    assert prefix(UUID) == ""
